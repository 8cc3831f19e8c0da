using Canary.Packages.Xml;

namespace Canary.Packages.NuGet;

/// <summary>
/// MSBuild's projects, <c>.props</c> and <c>.targets</c>, <c>Directory.Packages.props</c> among them: what they ask for. Nothing is evaluated and no
/// condition judged: what can be asked for is asked for. (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files)
/// </summary>
public sealed class ProjectReader : IPackageFileReader
{
    private static readonly string[] Projects = [".csproj", ".fsproj", ".vbproj", ".vcxproj", ".sqlproj", ".wixproj", ".esproj", ".dcproj", ".sfproj", ".ilproj", ".pyproj", ".njsproj"];

    // Others than MSBuild use these endings too.
    private static readonly string[] Shared = [".props", ".targets", ".proj"];

    private static readonly string[] Asking = ["PackageReference", "PackageVersion", "GlobalPackageReference", "PackageDownload", "DotNetCliToolReference"];

    public string Format => "MSBuild project";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => EndsWith(name, Projects) || EndsWith(name, Shared);

    public void Read(SourceFile file, Inventory into)
    {
        bool isShared = EndsWith(file.Name, Shared);
        if (isShared && !StartsAsXml(file.Bytes.Span))
            return;
        var root = XmlFile.Read(file);
        if (root.Is("Project"))
            new Reading(file, root, into).Run();
        else if (!isShared)
            throw new UnreadableFileException(root.Line, "its root is not 'Project'");
    }

    // Past a mark of the encoding, and the zeroes of UTF-16.
    private static bool StartsAsXml(ReadOnlySpan<byte> bytes) =>
        bytes.IndexOfAnyExcept((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0, 0x20, 0x09, 0x0D, 0x0A]) is >= 0 and int first && bytes[first] == (byte)'<';

    private static bool EndsWith(ReadOnlySpan<char> name, string[] endings)
    {
        foreach (string ending in endings)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private sealed class Reading(SourceFile file, XmlPart root, Inventory into)
    {
        private readonly ProjectVersions _around = new(file, properties => properties.Take((root, file.Directory)));

        public void Run()
        {
            ReadSdks(root, root.Mark("Sdk"), null);
            Walk(root, isInTarget: false);
        }

        private void Walk(XmlPart parent, bool isInTarget)
        {
            foreach (var part in parent.Children)
            {
                if (part.Is("Sdk") && part.Mark("Name") is { } name)
                    ReadSdks(part, name, part.Mark("Version"));
                else if (part.Is("Import") && part.Mark("Sdk") is { } sdk)
                    ReadSdks(part, sdk, part.Mark("Version"));
                else if (Asking.Contains(part.Name, StringComparer.OrdinalIgnoreCase))
                    ReadItem(part, isInTarget);
                else
                    Walk(part, isInTarget || part.Is("Target"));
            }
        }

        private void ReadSdks(XmlPart part, string? written, string? version)
        {
            foreach (string sdk in (written ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                string[] halves = sdk.Split('/', 2);
                string? asked = halves.Length == 2 ? halves[1] : version ?? _around.OfSdk(halves[0]);
                // One without a version comes with the .NET SDK.
                if (asked is not null)
                    Add(part, halves[0], [asked], isDirect: true, isDev: null);
            }
        }

        private void ReadItem(XmlPart part, bool isInTarget)
        {
            bool isUpdate = part.Mark("Include") is null;
            if ((part.Mark("Include") ?? part.Mark("Update")) is not { Length: > 0 } names)
                return;
            string? version = Metadata(part, "VersionOverride") ?? Metadata(part, "Version");
            if (isUpdate && version is null)
                return;
            bool isCentral = part.Is("PackageVersion"), isGlobal = part.Is("GlobalPackageReference");
            string? assets = Metadata(part, "PrivateAssets");
            bool? dev = assets is null ? isGlobal ? true : null : assets.Contains("all", StringComparison.OrdinalIgnoreCase);
            foreach (string written in names.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var ids = _around.Resolve(written);
                if (ids.Count == 0 || IsComputed(written))
                {
                    // Such an item is made of items that stand elsewhere; so it is inside of a target.
                    if (!isInTarget && !Asking.Any(item => written.StartsWith($"@({item}", StringComparison.OrdinalIgnoreCase)))
                        into.Unread(file.Path, part.Line, $"the name of a {part.Name} is computed: {written}");
                    continue;
                }

                foreach (string id in ids)
                {
                    IReadOnlyList<string> versions = version is not null ? part.Is("PackageDownload") ? version.Split(';', StringSplitOptions.TrimEntries) : [version]
                        : isCentral ? [] : _around.Of(id);
                    Add(part, id, versions, isCentral ? null : true, dev);
                }
            }
        }

        private void Add(XmlPart part, string id, IReadOnlyList<string> versions, bool? isDirect, bool? isDev) =>
            _around.Add(into, new PackageEntry(Ecosystem.NuGet, id, null, file.Path, part.Line) { Direct = isDirect, Dev = isDev }, versions);

        private static bool IsComputed(string name) => name.AsSpan().ContainsAny('@', '%', '(');

        private static string? Metadata(XmlPart part, string name) => (part.Mark(name) ?? part.TextOf(name)) is { Length: > 0 } value ? value : null;
    }
}
