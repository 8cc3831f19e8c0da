using System.Security.Cryptography;
using Canary.Hashing;

namespace Canary.Models.Hashing;

/// <summary>
/// One digest for each MiB of a file: chaining values of nodes of the file's own BLAKE3 tree, so that the file's BLAKE3 digest proves the
/// table. A file of one chunk has its digest as the only entry; an empty one has no entry.
/// </summary>
public sealed class ChunkTable
{
    public const int ChunkBytes = 1 << 20;

    /// <summary>How long a file may be that has a table: 64 TiB, whose table has 2 GiB less one entry.</summary>
    public const long MostLength = (long)(int.MaxValue / Blake3.DigestBytes - Blake3Kernel.Multiple) * ChunkBytes;

    private readonly byte[] _digests;

    /// <param name="length">Of the file, in bytes.</param>
    /// <param name="digests">32 bytes for each chunk, in order. Kept, not copied.</param>
    /// <exception cref="ArgumentException">The digests are not as many as the length asks for.</exception>
    public ChunkTable(long length, byte[] digests)
    {
        if (digests.Length != (long)CountOf(length) * Blake3.DigestBytes)
            throw new ArgumentException("not one digest for each chunk", nameof(digests));
        Length = length;
        _digests = digests;
    }

    /// <summary>Of the file, in bytes.</summary>
    public long Length { get; }

    public int Count => _digests.Length / Blake3.DigestBytes;

    public ReadOnlyMemory<byte> Digests => _digests;

    /// <summary>How many chunks a file of this length has.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or beyond <see cref="MostLength"/>.</exception>
    public static int CountOf(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MostLength);
        return (int)((length + ChunkBytes - 1) / ChunkBytes);
    }

    /// <summary>Where a chunk lies, and how long it is: a MiB, but for the last.</summary>
    public static (long Offset, int Bytes) Place(long fileLength, int chunk)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunk);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(chunk, CountOf(fileLength));
        long offset = (long)chunk * ChunkBytes;
        return (offset, (int)Math.Min(ChunkBytes, fileLength - offset));
    }

    /// <summary>The entry of one chunk.</summary>
    /// <exception cref="ArgumentException">The data are not as long as the chunk.</exception>
    public static void Digest(long fileLength, int chunk, ReadOnlySpan<byte> data, Span<byte> digest)
    {
        if (Place(fileLength, chunk).Bytes != data.Length)
            throw new ArgumentException("not the length of the chunk", nameof(data));
        if (fileLength <= ChunkBytes)
            Blake3.Hash(data, digest);
        else
            Blake3.Subtree(data, (ulong)chunk * (ChunkBytes / Blake3Block.ChunkBytes), digest);
    }

    public (long Offset, int Bytes) Place(int chunk) => Place(Length, chunk);

    /// <summary>Whether these are the bytes of that chunk; fewer or more are not.</summary>
    public bool Matches(int chunk, ReadOnlySpan<byte> data)
    {
        if (data.Length != Place(chunk).Bytes)
            return false;
        Span<byte> digest = stackalloc byte[Blake3.DigestBytes];
        Digest(Length, chunk, data, digest);
        return CryptographicOperations.FixedTimeEquals(digest, _digests.AsSpan(chunk * Blake3.DigestBytes, Blake3.DigestBytes));
    }

    /// <summary>The file's BLAKE3 digest.</summary>
    public byte[] Root()
    {
        byte[] digest = new byte[Blake3.DigestBytes];
        switch (Count)
        {
            case 0:
                Blake3.Hash([], digest);
                break;
            case 1:
                _digests.CopyTo(digest, 0);
                break;
            default:
                Blake3.Root(_digests, ChunkBytes, Length, digest);
                break;
        }

        return digest;
    }
}
