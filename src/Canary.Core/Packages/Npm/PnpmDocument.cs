using System.Globalization;
using Canary.Packages.Json;

namespace Canary.Packages.Npm;

/// <summary>One document of a pnpm lockfile.</summary>
internal sealed class PnpmDocument(SourceFile file, JsonMap root, Inventory into)
{
    private static readonly string[] Kinds = ["dependencies", "optionalDependencies", "devDependencies", "configDependencies", "packageManagerDependencies"];

    private readonly string _version = root.Text("lockfileVersion") ?? "";
    private readonly Dictionary<string, Asked> _direct = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _published = new(StringComparer.Ordinal);
    private HashSet<string>? _runtime;
    private bool _knowsDirect = true;

    private bool HasSlashes => _version.StartsWith('5');

    private bool HasSnapshots => root.Map("snapshots") is not null;

    public void Read()
    {
        if (_version.Split('.')[0] is not ("5" or "6" or "7" or "9"))
        {
            into.Unread(file.Path, file.LineOf(root.Offset), $"pnpm-lock: lockfileVersion '{_version}' is not known (5, 6 and 9 are)");
            return;
        }

        if (root.Find("packages") is { } wrong and not (JsonMap or JsonNull))
            throw new UnreadableFileException(file.LineOf(wrong.Offset), "'packages' is not a map");
        foreach (var (_, key, value) in root.Map("time")?.Members ?? [])
        {
            if (value is JsonText time)
                _published[Bare(key)] = time.Text;
        }

        var places = (root.Map("snapshots") ?? root.Map("packages"))?.Members ?? [];
        ReadImporters(new PnpmGraph(places, HasSlashes));
        foreach (var (offset, key, value) in root.Map("packages")?.Members ?? [])
        {
            if (value is JsonMap package && Identity(key, package) is { Name.Length: > 0 } identity)
                into.Add(Described(offset, key, identity.Name, identity.Version, package));
            else
                into.Unread(file.Path, file.LineOf(offset), "pnpm-lock: a package without a name that can be read");
        }
    }

    private void ReadImporters(PnpmGraph graph)
    {
        if (root.Find("importers") is { } wrong and not JsonMap)
        {
            into.Unread(file.Path, file.LineOf(wrong.Offset), "pnpm-lock: 'importers' is not a map");
            _knowsDirect = false;
            return;
        }

        var roots = new List<string>();
        foreach (var value in root.Map("importers")?.Members.Select(m => m.Value) ?? [root])
        {
            if (value is not JsonMap importer)
                continue;
            var specifiers = importer.Map("specifiers")?.Members.ToLookup(m => m.Name, m => (m.Value as JsonText)?.Text);
            foreach (string kind in Kinds)
            {
                foreach (var (_, name, asked) in importer.Map(kind)?.Members ?? [])
                {
                    string? version = (asked as JsonText)?.Text ?? (asked as JsonMap)?.Text("version");
                    if (version is null || version.StartsWith("link:", StringComparison.Ordinal))
                        continue;
                    string place = graph.PlaceOf(name, version);
                    _direct.TryAdd(Bare(place), new Asked(name, (asked as JsonMap)?.Text("specifier") ?? specifiers?[name].LastOrDefault()));
                    if (kind != "devDependencies")
                        roots.Add(place);
                }
            }
        }

        // Older lockfiles mark what is only for development; of newer ones the graph tells.
        if (HasSnapshots)
            _runtime = [.. graph.Reached(roots).Select(Bare)];
    }

    private PackageEntry Described(int offset, string key, string name, string? version, JsonMap package)
    {
        var resolution = package.Map("resolution");
        string? tarball = resolution?.Text("tarball"), repository = resolution?.Text("repo"), directory = resolution?.Text("directory");
        string? resolved = repository is not null ? $"{repository}#{resolution!.Text("commit")}" : directory is not null ? "file:" + directory : tarball;
        bool isDirect = _direct.TryGetValue(Bare(key), out var asked);
        return new PackageEntry(Ecosystem.Npm, name, version, file.Path, file.LineOf(offset))
        {
            Requested = asked?.Range,
            Alias = isDirect && asked!.Name != name ? asked.Name : null,
            Direct = _knowsDirect ? isDirect : null,
            Dev = package.Find("dev") is JsonTruth { Value: var dev } ? dev : _runtime is null ? null : !_runtime.Contains(Bare(key)),
            Origin = repository is not null ? PackageOrigin.Git : Specifier.OriginOf(resolved),
            Resolved = resolved,
            Integrity = resolution?.Text("integrity"),
            Published = _published.TryGetValue(Bare(key), out string? time) && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null,
            HasInstallScript = package.Truth("requiresBuild"),
        };
    }

    /// <summary>The name and version of a key: <c>/a/1.0.0_peer</c>, <c>/a@1.0.0(peer)</c>, <c>a@1.0.0</c>, or an address of another place.</summary>
    private (string Name, string? Version) Identity(string key, JsonMap package)
    {
        string? name = package.Text("name"), version = package.Text("version");
        string bare = Bare(key);
        bool isOurs = bare.StartsWith('/');
        if (isOurs)
            bare = bare[1..];
        if (HasSlashes)
        {
            string[] parts = bare.Split('/');
            int last = parts.Length - 1;
            // In front of name and version may stand a registry's host.
            string own = last >= 2 && parts[last - 1].Length > 0 && parts[last - 2].StartsWith('@') ? $"{parts[last - 2]}/{parts[last - 1]}" : last >= 1 ? parts[last - 1] : "";
            return (name ?? own, version ?? (last >= 1 ? parts[last] : null));
        }

        if (isOurs || name is null)
        {
            var split = Specifier.Split(bare);
            name ??= split.Range.Length > 0 ? split.Name[(split.Name.StartsWith('@') ? 0 : split.Name.LastIndexOf('/') + 1)..] : "";
            version ??= split.Range.Contains(':', StringComparison.Ordinal) ? null : split.Range;
        }

        return (name, version);
    }

    /// <summary>Without the peers that a package was installed with.</summary>
    private string Bare(string key)
    {
        if (!HasSlashes)
            return key.IndexOf('(', StringComparison.Ordinal) is > 0 and int peers && !key.Contains("file:", StringComparison.Ordinal) ? key[..peers] : key;
        // The oldest wrote the peers behind another slash: /a/1.0.0/b@2.0.0.
        int at = key.StartsWith('/') ? key.IndexOf('/', key.StartsWith("/@", StringComparison.Ordinal) ? Math.Max(key.IndexOf('/', 1), 0) + 1 : 1) : -1;
        int end = at < 0 ? -1 : key.AsSpan(at + 1).IndexOfAny('_', '/');
        return end < 0 ? key : key[..(at + 1 + end)];
    }

    private sealed record Asked(string Name, string? Range);
}
