using System.Security.Cryptography;
using Canary.Hashing;
using Canary.Models.Hashing;

namespace Canary.Models.Locking;

/// <summary>
/// Reads a file once for everything: SHA-256 for provenance, the chunk table for speed, a digest of each tensor, and whatever else a
/// publisher gave. The next block is read while this one is hashed, each digest by a thread of its own.
/// </summary>
public static class FilePass
{
    private const int BlockBytes = 8 * ChunkTable.ChunkBytes;

    /// <param name="tensors">Where they lie; those that overlap others are left out.</param>
    /// <param name="others">Names of <see cref="HashName"/> besides SHA-256 and BLAKE3.</param>
    /// <param name="ranges">Parts whose SHA-256 is asked for; those that overlap others are left out.</param>
    /// <param name="tell">Told how many bytes are done, after each block.</param>
    /// <exception cref="IOException">The medium fails, or the file became shorter.</exception>
    public static TakenDigests Run(ModelBytes bytes, IReadOnlyList<ModelTensor> tensors, IReadOnlyCollection<string> others, IReadOnlyCollection<(long Start, long End)>? ranges = null, Action<long>? tell = null, CancellationToken cancel = default)
    {
        long length = bytes.Length;
        if (length > ChunkTable.MostLength)
            throw new IOException("the file is larger than can be locked");
        int room = (int)Math.Min(BlockBytes, length);
        byte[] block = new byte[room], next = new byte[room], table = new byte[ChunkTable.CountOf(length) * Blake3.DigestBytes];
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var parts = new TensorHashes(tensors, length);
        using var shards = new TensorHashes([.. (ranges ?? []).Distinct().Select(r => new ModelTensor("", "", [], r.Start, r.End - r.Start))], length);
        var more = others.Except([HashName.Sha256, HashName.Blake3]).Distinct().Select(n => (Name: n, Hash: HashName.Create(n, length))).ToArray();
        try
        {
            Fill(bytes, 0, block.AsSpan(0, room));
            for (long offset = 0; offset < length; offset += BlockBytes)
            {
                cancel.ThrowIfCancellationRequested();
                int filled = (int)Math.Min(room, length - offset), following = (int)Math.Min(room, length - offset - filled);
                long at = offset;
                var (now, ahead) = (block, next);
                Together(
                [
                    () => whole.AppendData(now, 0, filled),
                    () => parts.Append(at, now.AsSpan(0, filled)),
                    () => shards.Append(at, now.AsSpan(0, filled)),
                    () => Chunks(length, at, now.AsSpan(0, filled), table),
                    () => Fill(bytes, at + filled, ahead.AsSpan(0, following)),
                    .. more.Select(m => (Action)(() => m.Hash.AppendData(now, 0, filled))),
                ]);
                (block, next) = (next, block);
                tell?.Invoke(offset + filled);
            }

            string sha256 = Convert.ToHexStringLower(whole.GetHashAndReset());
            var chunks = new ChunkTable(length, table);
            var all = more.ToDictionary(m => m.Name, m => Convert.ToHexStringLower(m.Hash.GetHashAndReset()), StringComparer.Ordinal);
            all[HashName.Sha256] = sha256;
            all[HashName.Blake3] = Convert.ToHexStringLower(chunks.Root());
            var done = parts.Done;
            return new TakenDigests(length, sha256, chunks, parts.Header, done, all) { Ranges = shards.Done.ToDictionary(s => (s.Offset, s.Offset + s.Length), s => s.Sha256) };
        }
        finally
        {
            foreach (var (_, hash) in more)
                hash.Dispose();
        }
    }

    // The medium's own exception, not a bundle of one.
    private static void Together(Action[] actions)
    {
        try
        {
            Parallel.Invoke(actions);
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<IOException>().FirstOrDefault() is { } failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private static void Fill(ModelBytes bytes, long offset, Span<byte> block)
    {
        if (bytes.ReadAt(offset, block) < block.Length)
            throw new EndOfStreamException("the file became shorter while it was read");
    }

    private static void Chunks(long length, long offset, ReadOnlySpan<byte> block, byte[] table)
    {
        for (int chunk = (int)(offset / ChunkTable.ChunkBytes); !block.IsEmpty; chunk++)
        {
            var data = block[..Math.Min(ChunkTable.ChunkBytes, block.Length)];
            ChunkTable.Digest(length, chunk, data, table.AsSpan(chunk * Blake3.DigestBytes, Blake3.DigestBytes));
            block = block[data.Length..];
        }
    }
}
