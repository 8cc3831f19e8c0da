namespace Canary.Packages.Integrity;

/// <summary>Checksums as lockfiles write them: subresource integrity, <c>algorithm:hex</c>, or bare hexadecimal; several with spaces between.</summary>
internal static class Checksum
{
    private const int HexOfSha1 = 40;

    /// <summary>None of them is better than SHA-1.</summary>
    public static bool IsWeak(string integrity)
    {
        foreach (var range in integrity.AsSpan().Split(' '))
        {
            var one = integrity.AsSpan()[range];
            if (!one.IsEmpty && !one.StartsWith("sha1-") && !one.StartsWith("sha1:") && !one.StartsWith("md5-") && !one.StartsWith("md5:") && !(one.Length <= HexOfSha1 && ArchiveUrl.IsHex(one)))
                return false;
        }

        return true;
    }
}

/// <summary>The checksums of each version seen so far, to find one that has two.</summary>
internal sealed class Checksums
{
    private readonly Dictionary<(string Kind, string Name, string Version), PackageEntry> _seen = [];

    /// <summary>The place where the same version had another checksum; null where there is none, or none that can be compared.</summary>
    public PackageEntry? Add(PackageEntry entry)
    {
        if (entry is not { Origin: PackageOrigin.Registry, Version: { } version, Integrity: { } integrity } || KindOf(entry, integrity) is not { } kind)
            return null;
        var key = (kind, entry.Name, version);
        if (_seen.TryAdd(key, entry))
            return null;
        var first = _seen[key];
        return Agree(entry.Ecosystem, first.Integrity!, integrity) ? null : first;
    }

    // What can be compared: one algorithm over one kind of file. The same archive has other checksums in other formats, and gems of several
    // platforms share a version.
    private static string? KindOf(PackageEntry entry, string integrity) => entry.Ecosystem switch
    {
        Ecosystem.Npm when integrity.StartsWith("sha512-", StringComparison.Ordinal) => "npm sha512",
        Ecosystem.Npm when integrity.StartsWith("sha1-", StringComparison.Ordinal) => "npm sha1",
        Ecosystem.NuGet when entry.File.EndsWith(".lock.json", StringComparison.OrdinalIgnoreCase) => "NuGet content",
        Ecosystem.Crates => "crates",
        Ecosystem.Go => "Go",
        Ecosystem.PyPI => "PyPI " + entry.File[(entry.File.LastIndexOf('/') + 1)..],
        _ => null,
    };

    /// <summary>Of lists, as Python's lockfiles have one for each archive of a version, one in common is enough: which are listed depends on the platform.</summary>
    private static bool Agree(string ecosystem, string one, string other)
    {
        if (one == other)
            return true;
        if (ecosystem is not (Ecosystem.PyPI or Ecosystem.Npm))
            return false;
        var known = one.Split(' ').ToHashSet(StringComparer.Ordinal);
        return other.Split(' ').Any(known.Contains);
    }
}
