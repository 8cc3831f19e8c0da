namespace Canary.Models.Hashing;

/// <summary>What was taken of one file.</summary>
/// <param name="Length">In bytes, when the file was opened.</param>
/// <param name="Sha256">32 bytes; null where it was not asked for.</param>
/// <param name="Chunks">Null where it was not asked for.</param>
public sealed record FileDigests(long Length, byte[]? Sha256, ChunkTable? Chunks);
