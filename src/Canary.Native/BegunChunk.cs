namespace Canary.Native;

/// <summary>A chunk of which some bytes have come. It holds a copy of them: the caller's buffer is the caller's again after each call.</summary>
/// <param name="length">Of the whole chunk, in bytes.</param>
internal sealed class BegunChunk(int length)
{
    private readonly byte[] _bytes = new byte[length];

    // Neither overlap nor touch; in no order.
    private readonly List<(int Start, int End)> _held = [];

    /// <summary>How many bytes have come.</summary>
    public int Held => _held.Sum(h => h.End - h.Start);

    public bool IsComplete => _held is [(0, var end)] && end == _bytes.Length;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Takes a part. False where it contradicts what came before: one of the two is wrong, and both are in use.</summary>
    public bool Add(int at, ReadOnlySpan<byte> part)
    {
        if (!Agrees(at, part))
            return false;
        part.CopyTo(_bytes.AsSpan(at));
        int start = at, end = at + part.Length;
        for (int i = _held.Count - 1; i >= 0; i--)
        {
            if (_held[i].Start > end || _held[i].End < start)
                continue;
            (start, end) = (Math.Min(start, _held[i].Start), Math.Max(end, _held[i].End));
            _held.RemoveAt(i);
        }

        _held.Add((start, end));
        return true;
    }

    /// <summary>Whether the bytes that have come are, where they overlap, the same as these.</summary>
    public bool Agrees(int at, ReadOnlySpan<byte> part)
    {
        foreach (var (heldStart, heldEnd) in _held)
        {
            int start = Math.Max(heldStart, at), end = Math.Min(heldEnd, at + part.Length);
            if (start < end && !part[(start - at)..(end - at)].SequenceEqual(_bytes.AsSpan(start..end)))
                return false;
        }

        return true;
    }
}
