using System.Globalization;
using Canary.Models.Hashing;
using Canary.Models.Locking;
using Canary.Text;

namespace Canary.Native;

/// <summary>
/// Compares ranges of one model with its lock, in any order and on any number of threads. Whole chunks are compared where they lie; a part of one is
/// kept until the rest has come.
/// </summary>
internal sealed class RangeVerifier(LockedFile file)
{
    /// <summary>Chunks that may be begun at once: 64 MiB are held at most.</summary>
    public const int MostBegun = 64;

    private const int MostTensors = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, BegunChunk> _begun = [];

    /// <summary>Of the locked file, in bytes.</summary>
    public long Length => file.Size;

    /// <summary>Bytes that have come and wait for the rest of their chunk.</summary>
    public long Pending
    {
        get
        {
            lock (_gate)
                return _begun.Values.Sum(b => (long)b.Held);
        }
    }

    /// <summary>Whether a range lies within the file.</summary>
    public bool Covers(ulong offset, ulong length) => offset <= (ulong)Length && length <= (ulong)Length - offset;

    /// <summary>The smallest range of whole chunks around one that <see cref="Covers"/> allows; an empty one stays empty.</summary>
    public (long Offset, long Length) Aligned(long offset, long length)
    {
        if (length == 0)
            return (offset, 0);
        long start = offset - offset % ChunkTable.ChunkBytes, last = offset + length - 1;
        return (start, Math.Min(Length, last - last % ChunkTable.ChunkBytes + ChunkTable.ChunkBytes) - start);
    }

    /// <summary>Ends at the first chunk that differs.</summary>
    /// <param name="words">What is wrong, for people; empty where nothing is.</param>
    public VerifyOutcome Verify(long offset, ReadOnlySpan<byte> bytes, out string words)
    {
        words = "";
        if (offset < 0 || !Covers((ulong)offset, (ulong)bytes.Length))
        {
            words = Invariant($"bytes {offset} to {offset + bytes.Length} are not all in {Printable.Line(file.Path, 200)}, which has {Length}");
            return VerifyOutcome.NotCovered;
        }

        var worst = VerifyOutcome.Verified;
        while (!bytes.IsEmpty)
        {
            int chunk = (int)(offset / ChunkTable.ChunkBytes);
            (long start, int whole) = file.Chunks.Place(chunk);
            int at = (int)(offset - start), most = Math.Min(bytes.Length, whole - at);
            var outcome = most == whole ? VerifyWhole(chunk, bytes[..most]) : VerifyPart(chunk, at, bytes[..most], whole);
            if (outcome is VerifyOutcome.Differs or VerifyOutcome.TooMany)
            {
                words = outcome == VerifyOutcome.Differs ? Difference(start, whole) : Invariant($"more than {MostBegun} chunks are begun: complete some, or hand in whole chunks");
                return outcome;
            }

            worst = outcome == VerifyOutcome.Incomplete ? outcome : worst;
            offset += most;
            bytes = bytes[most..];
        }

        return worst;
    }

    private VerifyOutcome VerifyWhole(int chunk, ReadOnlySpan<byte> bytes)
    {
        if (!file.Chunks.Matches(chunk, bytes))
            return VerifyOutcome.Differs;
        lock (_gate)
            return !_begun.Remove(chunk, out var begun) || begun.Agrees(0, bytes) ? VerifyOutcome.Verified : VerifyOutcome.Differs;
    }

    private VerifyOutcome VerifyPart(int chunk, int at, ReadOnlySpan<byte> part, int whole)
    {
        BegunChunk? begun;
        lock (_gate)
        {
            if (!_begun.TryGetValue(chunk, out begun))
            {
                if (_begun.Count >= MostBegun)
                    return VerifyOutcome.TooMany;
                _begun.Add(chunk, begun = new BegunChunk(whole));
            }

            if (!begun.Add(at, part))
                return VerifyOutcome.Differs;
            if (!begun.IsComplete)
                return VerifyOutcome.Incomplete;
            // Right or wrong, it is over: who reads the chunk again after an error of the medium begins anew.
            _begun.Remove(chunk);
        }

        return file.Chunks.Matches(chunk, begun.Bytes) ? VerifyOutcome.Verified : VerifyOutcome.Differs;
    }

    private string Difference(long start, int whole)
    {
        string[] tensors = [.. file.TensorsIn(start, whole).Select(t => t.Name).Take(MostTensors + 1)];
        string named = tensors.Length == 0 ? "" : ": " + string.Join(", ", tensors.Take(MostTensors)) + (tensors.Length > MostTensors ? ", …" : "");
        return Printable.Line(Invariant($"bytes {start} to {start + whole} of {file.Path} differ from the lock{named}"), 1000);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
