using Canary.Models.Locking;

namespace Canary.Models.Provenance;

/// <summary>Somebody's word for the digest of a file.</summary>
/// <param name="Path">As the tree names the file: from the base, with <c>/</c>.</param>
/// <param name="Algorithm">A name of <see cref="HashName"/>.</param>
/// <param name="Hex">In lower-case hexadecimal, of the algorithm's length.</param>
/// <param name="By">Who says so, for people: a file, a registry, a signer. Hostile text.</param>
public sealed record HashClaim(string Path, string Algorithm, string Hex, string By)
{
    /// <summary>In bytes; null where it is not said.</summary>
    public long? Size { get; init; }

    /// <summary>Of this tensor alone; null for the file.</summary>
    public string? Tensor { get; init; }

    /// <summary>Of these bytes alone; null for all.</summary>
    public (long Start, long End)? Range { get; init; }

    public TrustBasis Basis { get; init; } = TrustBasis.PublisherHash;

    public LockSource? Source { get; init; }
}
