using Canary.Models.Hashing;

namespace Canary.Models.Locking;

/// <summary>All that one pass over a file's bytes yields.</summary>
/// <param name="HeaderSha256">Of what comes before the first tensor; null without tensors.</param>
/// <param name="Tensors">Those that were asked for and lie apart from each other.</param>
/// <param name="Others">By the names of <see cref="HashName"/>: those that were asked for, SHA-256 and BLAKE3.</param>
public sealed record TakenDigests(long Size, string Sha256, ChunkTable Chunks, string? HeaderSha256, IReadOnlyList<LockedTensor> Tensors, IReadOnlyDictionary<string, string> Others)
{
    /// <summary>SHA-256 of parts that were asked for, by their start and end.</summary>
    public IReadOnlyDictionary<(long Start, long End), string> Ranges { get; init; } = new Dictionary<(long, long), string>();
}
