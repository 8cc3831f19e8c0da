using Canary.Packages.Toml;

namespace Canary.Packages.Python;

/// <summary>uv's <c>uv.lock</c>, version 1 of any revision (https://docs.astral.sh/uv/concepts/projects/layout/).</summary>
public sealed class UvLockReader : IPackageFileReader
{
    public string Format => "uv.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "uv.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var root = TomlFile.Read(file, into);
        if (root.Written("version") != "1")
            into.Unread(file.Path, root.Find("version")?.Line ?? 1, "a version of uv.lock that is not known");
        var packages = TomlFile.Tables(root, "package", file, into).ToList();
        var (direct, dev) = Asked(packages);
        foreach (var package in packages)
        {
            if (LockedFiles.Named(package, file, into) is not { } entry)
                continue;
            var source = package.Table("source");
            // The project, the members of its workspace, and groups without code.
            if (source is not null && IsOwn(source))
                continue;
            var (origin, place) = From(source);
            into.Add(entry with
            {
                Direct = direct?.Contains(entry.Name),
                Dev = direct?.Contains(entry.Name) == true ? dev.Contains(entry.Name) : null,
                Origin = origin,
                Resolved = place ?? LockedFiles.Place(package.Find("sdist"), package.Find("wheels")),
                Integrity = LockedFiles.Hashes(package.Find("sdist"), package.Find("wheels")),
                Published = LockedFiles.Published(package.Find("sdist"), package.Find("wheels")),
            });
        }
    }

    private static bool IsOwn(TomlTable source) => source.Find("virtual") is not null || source.Find("editable") is not null;

    private static (PackageOrigin Origin, string? Place) From(TomlTable? source) =>
        source?.Text("registry") is { } registry ? (PackageOrigin.Registry, registry)
        : source?.Text("git") is { } git ? (PackageOrigin.Git, git)
        : source?.Text("url") is { } url ? (PackageOrigin.Url, url)
        : (source?.Text("path") ?? source?.Text("directory")) is { } path ? (PackageOrigin.Local, path)
        : (PackageOrigin.Registry, null);

    /// <summary>What the members of the workspace ask for, null where none is there, and what of it only their development groups do.</summary>
    private static (HashSet<string>? Direct, HashSet<string> Dev) Asked(List<TomlTable> packages)
    {
        var always = new HashSet<string>(StringComparer.Ordinal);
        var dev = new HashSet<string>(StringComparer.Ordinal);
        var members = packages.Where(p => p.Table("source") is { } source && IsOwn(source)).ToList();
        foreach (var member in members)
        {
            Names(member.Find("dependencies"), always);
            foreach (var extra in member.Table("optional-dependencies")?.Members.Values.ToArray() ?? [])
                Names(extra, always);
            foreach (var group in member.Table("dev-dependencies")?.Members.Values.ToArray() ?? [])
                Names(group, dev);
        }

        dev.ExceptWith(always);
        return (members.Count > 0 ? [.. always, .. dev] : null, dev);
    }

    private static void Names(TomlPart? list, HashSet<string> names)
    {
        foreach (var asked in (list as TomlList)?.Items.OfType<TomlTable>() ?? [])
        {
            if (asked.Text("name") is { } name)
                names.Add(name);
        }
    }
}
