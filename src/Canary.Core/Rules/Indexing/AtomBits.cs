namespace Canary.Rules.Indexing;

/// <summary>Which atoms of a bucket hold for the event under test. Remembers what was set, so that an event with few hits costs little.</summary>
internal sealed class AtomBits
{
    private int[] _set = [];
    private int _count;

    public ulong[] Words { get; private set; } = [];

    /// <summary>Each once, in the order in which they were found.</summary>
    public ReadOnlySpan<int> Found => _set.AsSpan(0, _count);

    /// <summary>Forgets the last event and makes room for a bucket's atoms.</summary>
    public void Begin(int atoms)
    {
        foreach (int bit in Found)
            Words[bit >> 6] = 0;
        _count = 0;
        if (_set.Length < atoms)
        {
            _set = new int[atoms];
            Words = new ulong[(atoms + 63) / 64];
        }
    }

    public bool Holds(int bit) => (Words[bit >> 6] & (1UL << bit)) != 0;

    public void Set(int bit)
    {
        ref ulong word = ref Words[bit >> 6];
        ulong mask = 1UL << bit;
        if ((word & mask) != 0)
            return;
        word |= mask;
        _set[_count++] = bit;
    }
}
