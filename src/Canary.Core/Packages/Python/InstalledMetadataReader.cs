using System.Text;

namespace Canary.Packages.Python;

/// <summary>
/// An installed distribution: <c>NAME.dist-info/METADATA</c> or <c>NAME.egg-info/PKG-INFO</c>, whose header has the form of a mail
/// (https://packaging.python.org/en/latest/specifications/core-metadata/).
/// </summary>
public sealed class InstalledMetadataReader : IPackageFileReader
{
    public string Format => "installed Python metadata";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name is "METADATA" && directory.EndsWith(".dist-info") || name is "PKG-INFO" && directory.EndsWith(".egg-info");

    public void Read(SourceFile file, Inventory into)
    {
        var bytes = file.Bytes.Span;
        string? name = null, version = null;
        int named = 0, line = 0;
        for (int at = 0; at < bytes.Length;)
        {
            line++;
            int end = bytes[at..].IndexOf((byte)'\n') is >= 0 and int next ? at + next : bytes.Length;
            var text = bytes[at..end];
            // A description may follow and say anything: the first empty line ends the header.
            if (text.Trim("\r "u8).IsEmpty)
                break;
            if (name is null && Value(text, "Name:"u8) is { } told)
                (name, named) = (told, line);
            version ??= Value(text, "Version:"u8);
            at = end + 1;
        }

        if (name is null)
            throw new UnreadableFileException(1, "has no 'Name:' in its header");
        if (version is null)
            into.Unread(file.Path, named, "has no 'Version:' in its header");
        into.Add(new PackageEntry(Ecosystem.PyPI, name, version, file.Path, named));
    }

    private static string? Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> field) =>
        line.StartsWith(field) && line[field.Length..].Trim("\r\t "u8) is { IsEmpty: false } value ? Encoding.UTF8.GetString(value) : null;
}
