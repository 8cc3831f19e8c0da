using Canary.Models.Locking;

namespace Canary.Models.Provenance;

/// <summary>What publishers say of one file, held against its bytes.</summary>
/// <param name="Basis">The strongest claim that holds, if none fails.</param>
/// <param name="Broken">Claims that the bytes do not bear out.</param>
public sealed record Vouching(TrustBasis Basis, string? By, LockSource? Source, IReadOnlyList<HashClaim> Broken)
{
    public static readonly Vouching None = new(TrustBasis.FirstSeen, null, null, []);

    /// <param name="claims">About this file as a whole or its tensors.</param>
    public static Vouching Of(TakenDigests digests, IReadOnlyList<HashClaim> claims)
    {
        var broken = claims.Where(c => !Holds(c, digests)).ToList();
        if (broken.Count > 0)
            return None with { Broken = broken };
        // Of a file only a claim about all of its bytes is a word.
        var best = claims.Where(c => c.Tensor is null && c.Range is null).Concat(Sharded(claims, digests.Size))
            .OrderByDescending(c => c.Basis).ThenByDescending(c => HashName.IsStrong(c.Algorithm)).FirstOrDefault();
        return new Vouching(best?.Basis ?? TrustBasis.FirstSeen, best?.By, best?.Source ?? claims.Select(c => c.Source).FirstOrDefault(s => s is not null), []);
    }

    // Shards of one signer that leave no byte out are a claim about all of them.
    private static IEnumerable<HashClaim> Sharded(IReadOnlyList<HashClaim> claims, long size)
    {
        foreach (var signer in claims.Where(c => c.Range is not null).GroupBy(c => c.By))
        {
            long end = 0;
            foreach (var (from, to) in signer.Select(c => c.Range!.Value).Order())
                end = from <= end ? Math.Max(end, to) : end;
            if (end == size)
                yield return signer.First();
        }
    }

    private static bool Holds(HashClaim claim, TakenDigests digests)
    {
        if (claim.Size is { } size && size != digests.Size)
            return false;
        if (claim.Range is { } range)
            return digests.Ranges.GetValueOrDefault(range) == claim.Hex;
        if (claim.Tensor is null)
            return digests.Others.TryGetValue(claim.Algorithm, out string? hex) && hex == claim.Hex;
        // Of a format whose tensors are not read nothing can be said.
        return digests.Tensors.Count == 0 || digests.Tensors.Any(t => t.Name == claim.Tensor && t.Sha256 == claim.Hex);
    }
}
