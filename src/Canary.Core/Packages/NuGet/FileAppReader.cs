namespace Canary.Packages.NuGet;

/// <summary>
/// C# files that are applications by themselves: <c>#:package Id@Version</c> and <c>#:sdk Id@Version</c>, which stand before any code
/// (https://learn.microsoft.com/dotnet/core/sdk/file-based-apps). Only the head of a file is read, since any C# file may be one.
/// </summary>
public sealed class FileAppReader : IPackageFileReader
{
    private const string Package = "#:package", Sdk = "#:sdk";

    public string Format => ".NET file-based app";

    public int MostBytes => 64 * 1024;

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name.EndsWith(".cs", StringComparison.OrdinalIgnoreCase);

    public void Read(SourceFile file, Inventory into)
    {
        var bytes = file.Bytes.Span;
        bool isWide = bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..], isCut = bytes.Length >= MostBytes;
        if (!isWide && !isCut && bytes.IndexOf("#:"u8) < 0)
            return;
        bool inComment = false;
        var around = new ProjectVersions(file);
        foreach (var (number, line) in SourceText.Lines(SourceText.Of(file)))
        {
            var rest = Code(line, ref inComment);
            if (rest.StartsWith(Package))
                Add(rest[Package.Length..], number, isSdk: false);
            else if (rest.StartsWith(Sdk))
                Add(rest[Sdk.Length..], number, isSdk: true);
            else if (!rest.IsEmpty && rest[0] != '#')
                return;
        }

        if (isCut)
            into.Unread(file.Path, 0, $"{Format}: more than {MostBytes / 1024} KiB of comments before any code; what follows them was not read");

        void Add(ReadOnlySpan<char> directive, int number, bool isSdk)
        {
            if (!directive.IsEmpty && !char.IsWhiteSpace(directive[0]))
                return;
            directive = directive.Trim();
            int at = directive.IndexOfAny('@', ' ', '\t');
            string id = (at < 0 ? directive : directive[..at]).ToString(), asked = at < 0 ? "" : directive[(at + 1)..].Trim().ToString();
            // An SDK without a version comes with .NET's own.
            if (isSdk && asked.Length == 0 && around.OfSdk(id) is { } version)
                asked = version;
            if (id.Length == 0)
                into.Unread(file.Path, number, "a package has no name");
            else if (asked.Length > 0 || !isSdk)
                around.Add(into, new PackageEntry(Ecosystem.NuGet, id, null, file.Path, number) { Direct = true }, asked.Length > 0 ? [asked] : around.Of(id));
        }
    }

    /// <summary>What is left of a line without the comments at its start.</summary>
    private static ReadOnlySpan<char> Code(ReadOnlySpan<char> line, ref bool inComment)
    {
        while (true)
        {
            if (inComment)
            {
                int end = line.IndexOf("*/");
                if (end < 0)
                    return [];
                inComment = false;
                line = line[(end + 2)..];
            }

            line = line.TrimStart("\uFEFF \t\v\f\u00A0");
            if (line.StartsWith("//"))
                return [];
            if (!line.StartsWith("/*"))
                return line.TrimEnd();
            inComment = true;
            line = line[2..];
        }
    }
}
