using System.Globalization;
using Canary.Packages.Toml;

namespace Canary.Packages.Python;

/// <summary>What the TOML lockfiles of Python have in common: packages by name and version, each with the files that may be installed.</summary>
internal static class LockedFiles
{
    /// <summary>Null, and reported, for a package without a name.</summary>
    public static PackageEntry? Named(TomlTable package, SourceFile file, Inventory into)
    {
        if (package.Find("name") is TomlText name)
        {
            if (package.Find("version") is { } version and not TomlText)
                into.Unread(file.Path, version.Line, "the version is not a text");
            return new PackageEntry(Ecosystem.PyPI, name.Text, package.Text("version"), file.Path, name.Line);
        }

        into.Unread(file.Path, package.Line, "a package without a name");
        return null;
    }

    /// <summary>Every hash of a file, a list of files, or a list of hashes; null where there is none.</summary>
    public static string? Hashes(params TomlPart?[] files)
    {
        string all = string.Join(' ', files.SelectMany(Each).Select(Hash).Where(h => h is not null).Distinct(StringComparer.Ordinal));
        return all.Length > 0 ? all : null;
    }

    /// <summary>When the first of the files was uploaded.</summary>
    public static DateTimeOffset? Published(params TomlPart?[] files) =>
        files.SelectMany(Each).OfType<TomlTable>().Select(f => Time(f.Written("upload-time"))).Where(t => t is not null).Min();

    /// <summary>The URL, or path, of the first of the files.</summary>
    public static string? Place(params TomlPart?[] files) =>
        files.SelectMany(Each).OfType<TomlTable>().Select(f => f.Text("url") ?? f.Text("path")).FirstOrDefault(u => u is not null);

    private static IEnumerable<TomlPart> Each(TomlPart? part) => part switch { TomlList list => list.Items, null => [], _ => [part] };

    private static string? Hash(TomlPart part) => part switch
    {
        TomlText text => text.Text,
        TomlTable file when file.Text("hash") is { } hash => hash,
        TomlTable file when file.Table("hashes") is { } hashes => string.Join(' ', hashes.Members.Where(h => h.Value is TomlText).Select(h => $"{h.Key}:{((TomlText)h.Value).Text}")),
        _ => null,
    };

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
