using Canary.Packages.Toml;

namespace Canary.Packages.Python;

/// <summary>Python's standard lockfile, <c>pylock.toml</c> or <c>pylock.NAME.toml</c> (https://packaging.python.org/en/latest/specifications/pylock-toml/).</summary>
public sealed class PylockReader : IPackageFileReader
{
    private const string Prefix = "pylock.", Suffix = ".toml";

    public string Format => "pylock.toml";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name is "pylock.toml"
        || name.StartsWith(Prefix) && name.EndsWith(Suffix) && name.Length > Prefix.Length + Suffix.Length && !name[Prefix.Length..^Suffix.Length].Contains('.');

    public void Read(SourceFile file, Inventory into)
    {
        var root = TomlFile.Read(file, into);
        if (root.Text("lock-version")?.Split('.')[0] != "1")
            into.Unread(file.Path, root.Find("lock-version")?.Line ?? 1, "a lock-version that is not known");
        foreach (var package in TomlFile.Tables(root, "packages", file, into))
        {
            if (LockedFiles.Named(package, file, into) is not { } entry)
                continue;
            TomlPart?[] files = [package.Find("archive"), package.Find("sdist"), package.Find("wheels")];
            var (origin, place) = From(package);
            into.Add(entry with
            {
                Origin = origin,
                Resolved = place ?? package.Text("index") ?? LockedFiles.Place(files),
                Integrity = LockedFiles.Hashes(files),
                Published = LockedFiles.Published(files),
            });
        }
    }

    private static (PackageOrigin Origin, string? Place) From(TomlTable package)
    {
        if (package.Table("vcs") is { } vcs)
            return (PackageOrigin.Git, $"{vcs.Text("url") ?? vcs.Text("path")}#{vcs.Text("commit-id")}");
        if (package.Table("directory") is { } directory)
            return (PackageOrigin.Local, directory.Text("path"));
        if (package.Table("archive") is { } archive)
            return archive.Text("url") is { } url ? (PackageOrigin.Url, url) : (PackageOrigin.Local, archive.Text("path"));
        return (PackageOrigin.Registry, null);
    }
}
