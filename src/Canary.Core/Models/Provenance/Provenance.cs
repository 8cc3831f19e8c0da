using Canary.Models.Locking;

namespace Canary.Models.Provenance;

/// <summary>What publishers say of one file, held against its bytes.</summary>
/// <param name="Basis">The strongest claim that holds, if none fails.</param>
/// <param name="Broken">Claims that the bytes do not bear out.</param>
public sealed record Provenance(TrustBasis Basis, string? By, LockSource? Source, IReadOnlyList<HashClaim> Broken)
{
    public static readonly Provenance None = new(TrustBasis.FirstSeen, null, null, []);

    /// <param name="claims">About this file as a whole or its tensors.</param>
    public static Provenance Of(FileDigests digests, IReadOnlyList<HashClaim> claims)
    {
        var broken = claims.Where(c => !Holds(c, digests)).ToList();
        // Of a file only a claim about all of its bytes is a word, and a digest that others can collide is none.
        var best = broken.Count > 0 ? null
            : claims.Where(c => c.Tensor is null && c.Range is null).OrderByDescending(c => c.Basis).ThenByDescending(c => HashName.IsStrong(c.Algorithm)).FirstOrDefault();
        return new Provenance(best?.Basis ?? TrustBasis.FirstSeen, best?.By, best?.Source ?? claims.Select(c => c.Source).FirstOrDefault(s => s is not null), broken);
    }

    private static bool Holds(HashClaim claim, FileDigests digests)
    {
        if (claim.Size is { } size && size != digests.Size)
            return false;
        // Shards are held against the file by whoever reads them: their digests are of a part.
        if (claim.Range is not null)
            return true;
        if (claim.Tensor is null)
            return digests.Others.TryGetValue(claim.Algorithm, out string? hex) && hex == claim.Hex;
        return digests.Tensors.Where(t => t.Name == claim.Tensor).All(t => t.Sha256 == claim.Hex);
    }
}
