using Canary.Packages.Json;

namespace Canary.Packages.Dart;

/// <summary>Dart's <c>pubspec.lock</c> (https://dart.dev/tools/pub/glossary#lockfile).</summary>
public sealed class PubspecLockReader : IPackageFileReader
{
    public string Format => "pubspec.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "pubspec.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var root = PlainYaml.ReadMap(file);
        // Without packages pub writes an empty map.
        if (root.Find("packages") is not JsonMap packages)
            throw new UnreadableFileException(1, "'packages' is missing or is not a map");
        foreach (var (offset, name, value) in packages.Members)
        {
            if (value is not JsonMap package || package.Text("version") is not { } version)
            {
                into.Unread(file.Path, file.LineOf(offset), "pubspec.lock: a package without a version");
                continue;
            }

            string? asked = package.Text("dependency");
            var description = package.Map("description");
            string? url = description?.Text("url");
            var (origin, resolved) = package.Text("source") switch
            {
                "git" => (PackageOrigin.Git, $"{url}#{description?.Text("resolved-ref")}"),
                "path" => (PackageOrigin.Local, description?.Text("path")),
                "sdk" => (PackageOrigin.Local, "sdk:" + package.Text("description")),
                _ => (PackageOrigin.Registry, url),
            };
            into.Add(new PackageEntry(Ecosystem.Pub, description?.Text("name") ?? name, version, file.Path, file.LineOf(offset))
            {
                Direct = asked?.StartsWith("direct", StringComparison.Ordinal),
                Dev = asked switch { "direct dev" => true, "transitive" or null => null, _ => false },
                Origin = origin,
                Resolved = resolved,
                Integrity = description?.Text("sha256"),
            });
        }
    }
}
