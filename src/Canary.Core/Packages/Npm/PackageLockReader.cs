using Canary.Packages.Json;

namespace Canary.Packages.Npm;

/// <summary>
/// npm's <c>package-lock.json</c> (lockfileVersion 1 to 3), <c>npm-shrinkwrap.json</c>, and the hidden lockfile of an installed tree
/// (https://docs.npmjs.com/cli/configuring-npm/package-lock-json).
/// </summary>
public sealed class PackageLockReader : IPackageFileReader
{
    private const string Modules = "node_modules/";

    public string Format => "npm package-lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name is "package-lock.json" or "npm-shrinkwrap.json" or ".package-lock.json";

    public void Read(SourceFile file, Inventory into)
    {
        var root = JsonFile.ReadMap(file);
        if (root.Map("packages") is { } packages)
            ReadPackages(file, packages, into);
        else if (root.Map("dependencies") is { } dependencies)
            ReadDependencies(file, dependencies, into, top: true);
        else if (root.Find("lockfileVersion") is null)
            throw new UnreadableFileException(1, "has neither 'packages' nor 'dependencies' nor 'lockfileVersion'");
    }

    /// <summary>Versions 2 and 3: a flat map from the place of each package.</summary>
    private static void ReadPackages(SourceFile file, JsonMap packages, Inventory into)
    {
        var direct = DirectNames(packages);
        foreach (var (offset, place, value) in packages.Members)
        {
            if (value is not JsonMap package)
            {
                into.Unread(file.Path, file.LineOf(offset), "an entry of 'packages' is not an object");
                continue;
            }

            int modules = place.LastIndexOf(Modules, StringComparison.Ordinal);
            // The project itself, its workspaces, and links to them are not packages.
            if (modules < 0 || package.Truth("link"))
                continue;
            string installed = place[(modules + Modules.Length)..];
            string name = package.Text("name") ?? installed;
            into.Add(Described(file, offset, name, package) with
            {
                Direct = direct?.Contains(place),
                Alias = name == installed ? null : installed,
            });
        }
    }

    /// <summary>Where what the project and its workspaces ask for lies; null where the file does not tell, as the hidden lockfile.</summary>
    private static HashSet<string>? DirectNames(JsonMap packages)
    {
        HashSet<string>? direct = null;
        foreach (var (_, place, value) in packages.Members)
        {
            if (value is not JsonMap package || place.Contains(Modules, StringComparison.Ordinal))
                continue;
            direct ??= new(StringComparer.Ordinal);
            foreach (string kind in (string[])["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"])
            {
                foreach (var member in package.Map(kind)?.Members ?? [])
                {
                    string own = place.Length == 0 ? Modules + member.Name : place + "/" + Modules + member.Name;
                    direct.Add(packages.Find(own) is null ? Modules + member.Name : own);
                }
            }
        }

        return direct;
    }

    /// <summary>Version 1: a tree; which of the top were asked for stands in package.json alone.</summary>
    private static void ReadDependencies(SourceFile file, JsonMap dependencies, Inventory into, bool top)
    {
        foreach (var (offset, installed, value) in dependencies.Members)
        {
            if (value is not JsonMap package)
            {
                into.Unread(file.Path, file.LineOf(offset), "an entry of 'dependencies' is not an object");
                continue;
            }

            string? version = package.Text("version");
            string name = installed;
            if (version is not null && version.StartsWith("npm:", StringComparison.Ordinal) && version.LastIndexOf('@') is > 4 and int at)
                (name, version) = (version[4..at], version[(at + 1)..]);
            var entry = Described(file, offset, name, package) with { Direct = top ? null : false, Alias = name == installed ? null : installed };
            bool exact = version is null || !version.Contains(':', StringComparison.Ordinal);
            into.Add(exact ? entry with { Version = version } : entry with { Version = null, Resolved = version, Origin = OriginOf(version) });
            if (package.Map("dependencies") is { } inner)
                ReadDependencies(file, inner, into, top: false);
        }
    }

    private static PackageEntry Described(SourceFile file, int offset, string name, JsonMap package)
    {
        string? resolved = package.Text("resolved");
        return new PackageEntry(Ecosystem.Npm, name, package.Text("version"), file.Path, file.LineOf(offset))
        {
            Dev = package.Truth("dev") || package.Truth("devOptional"),
            Resolved = resolved,
            Integrity = package.Text("integrity"),
            Origin = OriginOf(resolved),
            HasInstallScript = package.Truth("hasInstallScript"),
        };
    }

    private static PackageOrigin OriginOf(string? resolved) => resolved switch
    {
        null => PackageOrigin.Registry,
        _ when resolved.StartsWith("git", StringComparison.Ordinal) => PackageOrigin.Git,
        _ when resolved.StartsWith("file:", StringComparison.Ordinal) => PackageOrigin.Local,
        _ when resolved.StartsWith("http", StringComparison.Ordinal) && !resolved.Contains("/-/", StringComparison.Ordinal) => PackageOrigin.Url,
        _ => PackageOrigin.Registry,
    };
}
