namespace Canary.Models.Locking;

/// <summary>Which chunks of a file are known to be good. For several threads.</summary>
internal sealed class ChunkBits(int count)
{
    private readonly int[] _bits = new int[(count + 31) / 32];
    private int _set;

    public int Count => count;

    public int Set => Volatile.Read(ref _set);

    public bool this[int chunk] => (Volatile.Read(ref _bits[chunk / 32]) & (1 << (chunk % 32))) != 0;

    public void Mark(int chunk)
    {
        int bit = 1 << (chunk % 32);
        if ((Interlocked.Or(ref _bits[chunk / 32], bit) & bit) == 0)
            Interlocked.Increment(ref _set);
    }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[(count + 7) / 8];
        for (int i = 0; i < count; i++)
        {
            if (this[i])
                bytes[i / 8] |= (byte)(1 << (i % 8));
        }

        return bytes;
    }

    /// <summary>False where the bytes are not for so many chunks.</summary>
    public bool Take(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != (count + 7) / 8)
            return false;
        for (int i = 0; i < count; i++)
        {
            if ((bytes[i / 8] & (1 << (i % 8))) != 0)
                Mark(i);
        }

        return true;
    }
}
