namespace Canary.Models.Provenance;

/// <summary>Every form that is read.</summary>
public static class HashSources
{
    public static readonly IReadOnlyList<IHashSource> All =
    [
    ];

    /// <summary>What all of them say, each thing once.</summary>
    public static IReadOnlyList<HashClaim> Claims(HashSearch search) => [.. All.SelectMany(s => s.Claims(search)).Distinct()];
}
