using System.Text;

namespace Canary.Hashing;

/// <summary>
/// BLAKE3 without a key, digests of 32 bytes, after its specification (github.com/BLAKE3-team/BLAKE3-specs). It is a tree over chunks of
/// 1024 bytes: parts of a file are hashed apart, and the digest of the whole follows from their chaining values.
/// </summary>
public static class Blake3
{
    public const int DigestBytes = Blake3Block.DigestBytes;

    // What is hashed at once: its nodes fit the stack and the nearest caches.
    private const int PartBytes = 1 << 20, PartChunks = PartBytes / Blake3Block.ChunkBytes;

    /// <summary>The digest of all the data. Of a MiB or less it takes microseconds: a module for more lanes takes milliseconds to load, and is left alone.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> digest) => Hash(data, digest, data.Length <= PartBytes ? Blake3Kernel.Widest : Blake3Tree.Widest);

    /// <summary>The digest of a text in hexadecimal, for names and sums of the program's own: the platform's library for SHA-256 takes milliseconds to load.</summary>
    public static string Hex(string text)
    {
        Span<byte> digest = stackalloc byte[DigestBytes];
        Hash(Encoding.UTF8.GetBytes(text), digest);
        return Convert.ToHexStringLower(digest);
    }

    /// <summary>The chaining value of a subtree that is not the root.</summary>
    /// <param name="data">A power of two of chunks, or fewer at the end of the file.</param>
    /// <param name="firstChunk">The index within the file of the first chunk of 1024 bytes; a multiple of that power of two.</param>
    public static void Subtree(ReadOnlySpan<byte> data, ulong firstChunk, Span<byte> chainingValue) =>
        Subtree(data, firstChunk, chainingValue, Blake3Tree.Widest);

    /// <summary>The digest of a file of more than one subtree.</summary>
    /// <param name="chainingValues">Of its consecutive subtrees.</param>
    /// <param name="subtreeBytes">The length of each but the last: a power of two, at least 1024.</param>
    /// <param name="length">Of the file, in bytes.</param>
    /// <exception cref="ArgumentException">The number of chaining values is not that of the length, or is less than two.</exception>
    public static void Root(ReadOnlySpan<byte> chainingValues, int subtreeBytes, long length, Span<byte> digest)
    {
        if (subtreeBytes < Blake3Block.ChunkBytes || !int.IsPow2(subtreeBytes))
            throw new ArgumentOutOfRangeException(nameof(subtreeBytes));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, subtreeBytes);
        long count = 1 + (length - 1) / subtreeBytes;
        if (chainingValues.Length % DigestBytes != 0 || chainingValues.Length / DigestBytes != count)
            throw new ArgumentException("not one chaining value for each subtree", nameof(chainingValues));
        byte[] nodes = new byte[Blake3Tree.Room((int)count)];
        chainingValues.CopyTo(nodes);
        // Of the largest models a few MiB: no module is loaded for that, either.
        Root(nodes, (int)count, digest, Blake3Kernel.Widest);
    }

    internal static void Hash(ReadOnlySpan<byte> data, Span<byte> digest, LaneWidth width)
    {
        if (data.Length <= Blake3Block.ChunkBytes)
        {
            Blake3Block.Chunk(data, 0, Blake3Block.Root, digest);
            return;
        }

        if (data.Length <= PartBytes)
        {
            Span<byte> nodes = stackalloc byte[PartChunks * DigestBytes];
            Root(nodes, Blake3Tree.Chunks(data, 0, nodes, width), digest, width);
            return;
        }

        byte[] parts = new byte[Blake3Tree.Room(Parts(data))];
        Root(parts, Fill(data, 0, parts, width), digest, width);
    }

    internal static void Subtree(ReadOnlySpan<byte> data, ulong firstChunk, Span<byte> chainingValue, LaneWidth width)
    {
        if (data.Length <= PartBytes)
        {
            Part(data, firstChunk, chainingValue, width);
            return;
        }

        byte[] parts = new byte[Blake3Tree.Room(Parts(data))];
        Blake3Tree.Join(parts, Fill(data, firstChunk, parts, width), 1, width);
        parts.AsSpan(0, DigestBytes).CopyTo(chainingValue);
    }

    private static int Parts(ReadOnlySpan<byte> data) => (int)(((long)data.Length + PartBytes - 1) / PartBytes);

    private static int Fill(ReadOnlySpan<byte> data, ulong firstChunk, Span<byte> parts, LaneWidth width)
    {
        int part = 0;
        for (; !data.IsEmpty; part++)
        {
            var own = data[..Math.Min(PartBytes, data.Length)];
            Part(own, firstChunk + (ulong)part * PartChunks, parts.Slice(part * DigestBytes, DigestBytes), width);
            data = data[own.Length..];
        }

        return part;
    }

    private static void Part(ReadOnlySpan<byte> data, ulong firstChunk, Span<byte> chainingValue, LaneWidth width)
    {
        Span<byte> nodes = stackalloc byte[PartChunks * DigestBytes];
        Blake3Tree.Join(nodes, Blake3Tree.Chunks(data, firstChunk, nodes, width), 1, width);
        nodes[..DigestBytes].CopyTo(chainingValue);
    }

    private static void Root(Span<byte> nodes, int count, Span<byte> digest, LaneWidth width)
    {
        Blake3Tree.Join(nodes, count, 2, width);
        Blake3Block.Join(nodes, Blake3Block.Root, digest);
    }
}
