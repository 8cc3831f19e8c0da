namespace Canary.Models.Provenance;

/// <summary>Every form that is read.</summary>
public static class HashSources
{
    public static readonly IReadOnlyList<IHashSource> All =
    [
        new HubCache(), new HubDownload(), new OllamaStore(), new ChecksumLists(), new GgufHashManifest(), new CycloneDxHashes(),
    ];

    /// <summary>What all of them say, each thing once.</summary>
    /// <param name="more">Those that need to be told something first, as signatures whom to trust.</param>
    public static IReadOnlyList<HashClaim> Claims(HashSearch search, params IEnumerable<IHashSource> more) => [.. All.Concat(more).SelectMany(s => s.Claims(search)).Distinct()];
}
