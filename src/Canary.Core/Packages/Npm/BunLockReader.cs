using Canary.Packages.Json;

namespace Canary.Packages.Npm;

/// <summary><c>bun.lock</c>: JSON with comments, a tuple a package (https://bun.com/reference/bun/BunLockFile). The older binary one is not read.</summary>
public sealed class BunLockReader : IPackageFileReader
{
    private const int LastVersion = 2;

    public string Format => "bun.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "bun.lock" or "bun.lockb";

    public void Read(SourceFile file, Inventory into)
    {
        if (file.Name == "bun.lockb")
            throw new UnreadableFileException(0, "the binary lockfile is unsupported; run 'bun install --save-text-lockfile'");
        var root = JsonFile.ReadMap(file, comments: true);
        if (root.Find("lockfileVersion") is not JsonNumber { Text: var version } || !int.TryParse(version, out int number) || number is < 0 or > LastVersion)
            into.Unread(file.Path, 1, $"bun.lock: the lockfileVersion is not known (0 to {LastVersion} are); what looks familiar was read");
        if (root.Find("packages") is { } wrong and not JsonMap)
            throw new UnreadableFileException(file.LineOf(wrong.Offset), "'packages' is not an object");
        var trusted = (root.List("trustedDependencies")?.Items ?? []).OfType<JsonText>().Select(t => t.Text).ToHashSet(StringComparer.Ordinal);
        var packages = root.Map("packages")?.Members ?? [];
        var direct = DirectKeys(root, packages);
        foreach (var (offset, key, value) in packages)
        {
            if (value is not JsonList { Items: [JsonText { Text: var id }, ..] } tuple || Specifier.Split(id) is not { Name.Length: > 0, Range: { Length: > 0 } found } split)
            {
                into.Unread(file.Path, file.LineOf(offset), "bun.lock: an entry is not a list that begins with name@version");
                continue;
            }

            if (found.StartsWith("workspace:", StringComparison.Ordinal) || found.StartsWith("link:", StringComparison.Ordinal) || found.StartsWith("root:", StringComparison.Ordinal))
                continue;
            string asked = LastName(key);
            // A registry's tuple has four parts, and its second is an address only where that is not the default.
            string? url = tuple.Items is [_, JsonText { Text: { Length: > 0 } address }, ..] ? address : null;
            bool elsewhere = found.Contains(':', StringComparison.Ordinal) || found.Contains('/', StringComparison.Ordinal) || found.EndsWith(".tgz", StringComparison.Ordinal);
            var origin = elsewhere ? Specifier.OriginOf(found) : PackageOrigin.Registry;
            into.Add(new PackageEntry(Ecosystem.Npm, split.Name, elsewhere ? null : found, file.Path, file.LineOf(offset))
            {
                Alias = asked == split.Name ? null : asked,
                Direct = direct.Contains(key),
                Origin = elsewhere && origin == PackageOrigin.Registry ? PackageOrigin.Local : origin,
                Resolved = elsewhere ? found : url,
                Integrity = tuple.Items.Count > 1 && tuple.Items[^1] is JsonText { Text: var last } && last.StartsWith("sha", StringComparison.Ordinal) && last.Contains('-', StringComparison.Ordinal) ? last : null,
                HasInstallScript = trusted.Contains(asked),
            });
        }
    }

    /// <summary>A member's own copy stands below its name; without one it shares the root's.</summary>
    private static HashSet<string> DirectKeys(JsonMap root, IReadOnlyList<JsonMember> packages)
    {
        var keys = packages.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var direct = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, _, value) in root.Map("workspaces")?.Members ?? [])
        {
            if (value is not JsonMap member)
                continue;
            string? own = member.Text("name");
            foreach (string kind in PackageJsonReader.Kinds)
            {
                foreach (var asked in member.Map(kind)?.Members ?? [])
                    direct.Add(own is not null && keys.Contains($"{own}/{asked.Name}") ? $"{own}/{asked.Name}" : asked.Name);
            }
        }

        return direct;
    }

    /// <summary>Of a path of names, <c>a/@scope/b</c>, the last.</summary>
    private static string LastName(string key)
    {
        int slash = key.LastIndexOf('/');
        if (slash <= 0)
            return key;
        int before = key.LastIndexOf('/', slash - 1);
        return key[((key[before + 1] == '@' ? before : slash) + 1)..];
    }
}
