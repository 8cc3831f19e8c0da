using System.Security.Cryptography;
using Canary.Hashing;

namespace Canary.Models.Hashing;

/// <summary>
/// Reads files once for all that is taken of them, in memory that does not grow with the file but for its table (32 bytes for each MiB).
/// A file that becomes shorter while it is read ends with an <see cref="EndOfStreamException"/>; what it gains meanwhile is not seen.
/// </summary>
public static class FileDigest
{
    /// <param name="read">Told after each piece how many bytes it had, on the thread that read it.</param>
    /// <exception cref="IOException">The medium fails, or the file has become shorter.</exception>
    /// <exception cref="OperationCanceledException">Between two pieces.</exception>
    public static FileDigests Of(ModelBytes bytes, DigestParts parts, Action<int>? read = null, CancellationToken cancel = default)
    {
        long length = bytes.Length;
        byte[] buffer = new byte[ChunkDigest.PieceBytes];
        byte[] table = parts.HasFlag(DigestParts.Chunks) ? new byte[ChunkTable.CountOf(length) * Blake3.DigestBytes] : [];
        using var sha = parts.HasFlag(DigestParts.Sha256) ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        var chunks = parts.HasFlag(DigestParts.Chunks) ? new ChunkDigest() : null;
        for (long offset = 0; offset < length; offset += buffer.Length)
        {
            cancel.ThrowIfCancellationRequested();
            var piece = Piece(bytes, length, offset, buffer);
            sha?.AppendData(piece);
            chunks?.Add(length, offset, piece, Entry(table, offset));
            read?.Invoke(piece.Length);
        }

        return new FileDigests(length, sha?.GetHashAndReset(), chunks is null ? null : new ChunkTable(length, table));
    }

    /// <summary>The chunk table alone, by several threads. The bytes must bear reads from all of them, as those of a file do.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    /// <inheritdoc cref="Of" path="/exception"/>
    public static ChunkTable Chunks(ModelBytes bytes, int threads, Action<int>? read = null, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        long length = bytes.Length;
        int count = ChunkTable.CountOf(length), next = -1;
        byte[] table = new byte[count * Blake3.DigestBytes];
        Workers.Run(Math.Min(threads, Math.Max(1, count)), stop =>
        {
            byte[] buffer = new byte[ChunkDigest.PieceBytes];
            var chunks = new ChunkDigest();
            for (int chunk; (chunk = Interlocked.Increment(ref next)) < count;)
            {
                var (offset, chunkBytes) = ChunkTable.Place(length, chunk);
                for (long end = offset + chunkBytes; offset < end; offset += buffer.Length)
                {
                    stop.ThrowIfCancellationRequested();
                    var piece = Piece(bytes, length, offset, buffer);
                    chunks.Add(length, offset, piece, Entry(table, offset));
                    read?.Invoke(piece.Length);
                }
            }
        }, cancel);
        return new ChunkTable(length, table);
    }

    /// <summary>Several files by several threads, each file by one of them. The largest are begun first, so that none is left over at the end.</summary>
    /// <param name="read">As of <see cref="Of"/>, with the index of the file.</param>
    /// <inheritdoc cref="Of" path="/exception"/>
    public static IReadOnlyList<FileDigests> Each(
        IReadOnlyList<ModelBytes> files, DigestParts parts, int threads, Action<int, int>? read = null, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        int[] order = [.. Enumerable.Range(0, files.Count).OrderByDescending(i => files[i].Length)];
        var digests = new FileDigests[files.Count];
        int next = -1;
        Workers.Run(Math.Min(threads, Math.Max(1, files.Count)), stop =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < order.Length;)
            {
                int file = order[i];
                digests[file] = Of(files[file], parts, read is null ? null : n => read(file, n), stop);
            }
        }, cancel);
        return digests;
    }

    private static ReadOnlySpan<byte> Piece(ModelBytes bytes, long length, long offset, byte[] buffer)
    {
        var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - offset));
        if (bytes.ReadAt(offset, piece) != piece.Length)
            throw new EndOfStreamException("the file became shorter while it was read");
        return piece;
    }

    private static Span<byte> Entry(byte[] table, long offset) =>
        table.AsSpan((int)(offset / ChunkTable.ChunkBytes) * Blake3.DigestBytes, Blake3.DigestBytes);
}
