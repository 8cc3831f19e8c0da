using Canary.Models.Hashing;

namespace Canary.Models.Locking;

/// <summary>One file as a lock holds it.</summary>
/// <param name="Path">Relative to the lock's base, with <c>/</c>; never out of it.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">In lower-case hexadecimal, as all digests here.</param>
/// <param name="Chunks">The BLAKE3 tree: its root is the file's BLAKE3.</param>
public sealed record LockedFile(string Path, long Size, string Sha256, ChunkTable Chunks)
{
    /// <summary>The name of its format; <c>unknown</c> where none claimed it.</summary>
    public string Format { get; init; } = "unknown";

    /// <summary>What the scanner of <see cref="Scanner"/> thought of it.</summary>
    public ModelVerdict Verdict { get; init; } = ModelVerdict.Unknown;

    /// <summary>The version of Canary that scanned it.</summary>
    public string Scanner { get; init; } = "";

    public TrustBasis Basis { get; init; }

    /// <summary>Who signed, where <see cref="Basis"/> is a signature; who said the digest, where it is a publisher's.</summary>
    public string? Signer { get; init; }

    public LockSource? Source { get; init; }

    /// <summary>When its bytes were last read whole for the lock.</summary>
    public DateTimeOffset VerifiedAt { get; init; }

    /// <summary>Of all bytes before the first tensor; null where the format has no tensors.</summary>
    public string? HeaderSha256 { get; init; }

    public IReadOnlyList<LockedTensor> Tensors { get; init; } = [];

    /// <summary>Of the chat templates in it, sorted.</summary>
    public IReadOnlyList<string> TemplateSha256 { get; init; } = [];

    /// <summary>Its BLAKE3.</summary>
    public string Blake3 { get; } = Convert.ToHexStringLower(Chunks.Root());

    /// <summary>The tensors that have bytes in a range.</summary>
    public IEnumerable<LockedTensor> TensorsIn(long offset, long length) => Tensors.Where(t => t.Length > 0 && t.Offset < offset + length && t.Offset + t.Length > offset);
}

/// <param name="Offset">From the start of the file, in bytes.</param>
/// <param name="Length">In bytes.</param>
public sealed record LockedTensor(string Name, string Type, long Offset, long Length, string Sha256);

/// <summary>Where a file came from.</summary>
/// <param name="Kind">The source's word: <c>huggingface</c>, <c>ollama</c>, <c>checksums</c>.</param>
public sealed record LockSource(string Kind, string? Repo, string? Commit);
