using System.Buffers;
using Canary.Packages.Toml;

namespace Canary.Packages.Jvm;

/// <summary>
/// Gradle's version catalogs, <c>gradle/libs.versions.toml</c>: libraries and plugins with their versions, written in place or referred to
/// (https://docs.gradle.org/current/userguide/version_catalogs.html).
/// </summary>
public sealed class VersionCatalogReader : IPackageFileReader
{
    private static readonly SearchValues<char> OfRanges = SearchValues.Create("[](),+");

    // Of a version with several sides, the one that Gradle takes where it can.
    private static readonly string[] Sides = ["prefer", "strictly", "require"];

    public string Format => "Gradle version catalog";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name.EndsWith(".versions.toml", StringComparison.Ordinal);

    public void Read(SourceFile file, Inventory into)
    {
        var root = TomlFile.Read(file, into);
        foreach (string kind in (string[])["libraries", "plugins"])
        {
            if (root.Find(kind) is { } part and not TomlTable)
                into.Unread(file.Path, part.Line, $"'{kind}' is not a table");
            foreach (var (_, value) in root.Table(kind)?.Members ?? [])
                Add(file, root, value, kind == "plugins", into);
        }
    }

    private static void Add(SourceFile file, TomlTable root, TomlPart value, bool isPlugin, Inventory into)
    {
        string? name, version;
        if (value is TomlText { Text: var short_ })
        {
            int colon = short_.LastIndexOf(':');
            (name, version) = colon < 0 ? (null, null) : (short_[..colon], short_[(colon + 1)..]);
        }
        else
        {
            var table = value as TomlTable;
            name = isPlugin ? table?.Text("id") : table?.Text("module") ?? (table?.Text("group") is { } group && table.Text("name") is { } own ? $"{group}:{own}" : null);
            version = Version(root, table?.Find("version"));
        }

        if (string.IsNullOrEmpty(name) || (!isPlugin && name.Split(':') is not [{ Length: > 0 }, { Length: > 0 }]))
        {
            into.Unread(file.Path, value.Line, isPlugin ? "a plugin has no id" : "a library has no group and name");
            return;
        }

        // A plugin is asked of the repository under this name, which leads to what it is made of.
        into.Add(new PackageEntry(Ecosystem.Maven, isPlugin ? $"{name}:{name}.gradle.plugin" : name, Exact(version), file.Path, value.Line)
        {
            Requested = version,
            Dev = isPlugin ? true : null,
        });
    }

    private static string? Version(TomlTable root, TomlPart? part)
    {
        if (part is TomlTable reference && reference.Text("ref") is { } key)
            part = root.Table("versions")?.Find(key);
        if (part is not TomlTable rich)
            return (part as TomlText)?.Text;
        return Sides.Select(rich.Text).FirstOrDefault(v => v is not null);
    }

    private static string? Exact(string? version) =>
        version is null || version.StartsWith("latest.", StringComparison.Ordinal) || version.AsSpan().ContainsAny(OfRanges) ? null : version.EndsWith("!!", StringComparison.Ordinal) ? version[..^2] : version;
}
