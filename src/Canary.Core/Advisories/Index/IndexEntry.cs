namespace Canary.Advisories.Index;

/// <summary>One advisory against one package, as an index keeps it.</summary>
/// <param name="Voices">Who says so, in order of their names.</param>
/// <param name="Versions">Canonical, in order.</param>
internal sealed record IndexEntry(
    string? Id, IReadOnlyList<string> Aliases, string? Campaign, IReadOnlyList<string> Voices,
    bool EveryVersion, IReadOnlyList<string> Versions, IReadOnlyList<VersionRange> Ranges);

/// <param name="Name">Normalised.</param>
internal sealed record IndexPackage(string Ecosystem, string Name, IReadOnlyList<IndexEntry> Entries)
{
    public ulong Hash => NameHash.Of(Ecosystem, Name);
}

/// <summary>The 64 bits under which an index files a package. A hit is only a hint: the name is compared.</summary>
internal static class NameHash
{
    public static ulong Of(string ecosystem, ReadOnlySpan<char> normalised)
    {
        // FNV-1a over UTF-16, then MurmurHash3's finaliser.
        ulong hash = 14695981039346656037;
        foreach (char c in ecosystem)
            hash = (hash ^ c) * 1099511628211;
        hash *= 1099511628211;
        foreach (char c in normalised)
            hash = (hash ^ c) * 1099511628211;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
