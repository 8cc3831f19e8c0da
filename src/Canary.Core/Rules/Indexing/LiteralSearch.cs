using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Canary.Rules.Indexing;

/// <summary>
/// Finds which of thousands of literals stand anywhere in a text, in one pass. Each literal is filed under four bytes of it that are
/// rare in ordinary text. A bitmap small enough for the first-level cache says at each position whether any literal is filed under what
/// stands there; only then are the few that are compared. No step waits for the one before it, as in an automaton, so that a
/// processor looks at several positions at a time.
/// </summary>
internal sealed class LiteralSearch
{
    private const uint Spread = 0x9E3779B1;
    private const int MostBits = 18;
    private const int Gram = 4;
    private const int Block = 256;

    // All that a folded byte can be besides what it is in a literal.
    private static readonly byte[] Alphabet = [.. Enumerable.Range(0, 129).Where(b => b is not (>= 'a' and <= 'z')).Select(b => (byte)b)];

    private readonly int _shift;
    private readonly ulong[] _filed;

    // How many bits of the bitmap come before each of its words; then where the entries of each bit begin.
    private readonly int[] _before;
    private readonly int[] _first;
    private readonly Entry[] _entries;
    private readonly byte[] _literals;
    private readonly (byte[] Literal, int Bit)[] _short;

    /// <param name="literals">In capitals, ASCII, of at least one character; with the bit of each.</param>
    /// <param name="sampled">File them by how rare they are in ordinary events.</param>
    public LiteralSearch(IReadOnlyCollection<(string Literal, int Bit)> literals, bool sampled)
    {
        _shift = 32 - Math.Clamp(BitOperations.Log2((uint)literals.Count) + 6, 10, MostBits);
        var filed = new Dictionary<uint, List<Entry>>();
        var text = new List<byte>();
        // One or two characters are found faster by themselves than filed under all that may follow them.
        _short = [.. literals.Where(l => l.Literal.Length < Gram - 1).Select(l => (Encoding.ASCII.GetBytes(l.Literal), l.Bit))];
        foreach (var (literal, bit) in literals.Where(l => l.Literal.Length >= Gram - 1).OrderBy(l => l.Literal.Length).ThenBy(l => l.Literal, StringComparer.Ordinal))
        {
            byte[] bytes = Encoding.ASCII.GetBytes(literal);
            var (offset, slots) = File(bytes, filed, sampled);
            var entry = new Entry(bytes, text.Count, offset, bit);
            text.AddRange(bytes);
            foreach (uint slot in slots)
            {
                if (!filed.TryGetValue(slot, out var list))
                    filed[slot] = list = [];
                list.Add(entry);
            }
        }

        _literals = [.. text];
        _filed = new ulong[(1 << (32 - _shift)) / 64];
        foreach (uint slot in filed.Keys)
            _filed[slot >> 6] |= 1UL << (int)slot;
        _before = new int[_filed.Length];
        for (int i = 1; i < _before.Length; i++)
            _before[i] = _before[i - 1] + BitOperations.PopCount(_filed[i - 1]);
        var inOrder = filed.OrderBy(f => f.Key).Select(f => f.Value).ToArray();
        _first = new int[inOrder.Length + 1];
        for (int i = 0; i < inOrder.Length; i++)
            _first[i + 1] = _first[i] + inOrder[i].Count;
        _entries = [.. inOrder.SelectMany(list => list)];
    }

    public long Bytes => (_filed.Length * 8L) + ((_before.Length + _first.Length) * 4L) + (_entries.Length * (long)Unsafe.SizeOf<Entry>()) + _literals.Length;

    /// <summary>Sets the bit of each literal that the text has.</summary>
    public void Scan(FoldedText text, AtomBits bits)
    {
        foreach (var (literal, bit) in _short)
        {
            if (!bits.Holds(bit) && text.Text.IndexOf(literal) >= 0)
                bits.Set(bit);
        }

        ref byte start = ref MemoryMarshal.GetReference(text.Padded);
        ref ulong filed = ref MemoryMarshal.GetArrayDataReference(_filed);
        int shift = _shift;
        // First where, then what: with a jump at each hit the processor would guess wrong at most of them.
        Span<int> hits = stackalloc int[Block];
        ref int hit = ref MemoryMarshal.GetReference(hits);
        for (int begin = 0; begin < text.Length; begin += Block)
        {
            int end = Math.Min(begin + Block, text.Length), found = 0;
            for (int i = begin; i < end; i++)
            {
                uint slot = SlotOf(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, i)), shift);
                Unsafe.Add(ref hit, found) = i;
                found += (int)(Unsafe.Add(ref filed, slot >> 6) >> (int)slot) & 1;
            }

            foreach (int at in hits[..found])
                Compare(SlotOf(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, at)), shift), text, at, bits);
        }
    }

    private void Compare(uint slot, FoldedText text, int at, AtomBits bits)
    {
        int list = _before[slot >> 6] + BitOperations.PopCount(_filed[slot >> 6] & ((1UL << (int)slot) - 1));
        ulong eight = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(text.Padded), at));
        foreach (ref readonly var entry in _entries.AsSpan(_first[list], _first[list + 1] - _first[list]))
        {
            if (((eight ^ entry.Eight) & entry.Mask) != 0)
                continue;
            int begin = at - entry.Offset;
            if (begin < 0 || begin + entry.Length > text.Length || (entry.IsLonger && bits.Holds(entry.Bit)))
                continue;
            if (!entry.IsLonger || text.Text.Slice(begin, entry.Length).SequenceEqual(_literals.AsSpan(entry.Start, entry.Length)))
                bits.Set(entry.Bit);
        }
    }

    private static uint SlotOf(uint fourBytes, int shift) => (fourBytes * Spread) >> shift;

    private uint SlotOf(ReadOnlySpan<byte> four) => SlotOf(MemoryMarshal.Read<uint>(four), _shift);

    /// <summary>Where in the literal it is looked for, and under which slots: those four bytes, or all that may follow a shorter literal.</summary>
    private (int Offset, IEnumerable<uint> Slots) File(byte[] literal, Dictionary<uint, List<Entry>> filed, bool sampled)
    {
        if (literal.Length < Gram)
            return (0, [.. Alphabet.Select(b => SlotOf([.. literal, b])).Distinct()]);
        int best = 0;
        double least = double.MaxValue;
        for (int i = 0; i + Gram <= literal.Length; i++)
        {
            // What is filed there already costs a comparison at each place where these bytes stand.
            int others = filed.TryGetValue(SlotOf(literal.AsSpan(i, Gram)), out var list) ? list.Count : 0;
            double cost = OrdinaryEvents.Frequency(literal.AsSpan(i, Gram), sampled) * (1 + (0.5 * others));
            if (cost < least)
                (least, best) = (cost, i);
        }

        return (best, [SlotOf(literal.AsSpan(best, Gram))]);
    }

    /// <summary>A literal as it is compared from the bytes on under which it is filed.</summary>
    private readonly struct Entry
    {
        public readonly ulong Eight;
        public readonly ulong Mask;
        public readonly int Start;
        public readonly int Length;
        public readonly int Offset;
        public readonly int Bit;

        /// <summary>Eight bytes do not decide.</summary>
        public readonly bool IsLonger;

        public Entry(byte[] literal, int start, int offset, int bit)
        {
            Span<byte> eight = stackalloc byte[8];
            int rest = Math.Min(8, literal.Length - offset);
            literal.AsSpan(offset, rest).CopyTo(eight);
            Eight = BitConverter.ToUInt64(eight);
            Mask = rest == 8 ? ulong.MaxValue : (1UL << (8 * rest)) - 1;
            (Start, Length, Offset, Bit) = (start, literal.Length, offset, bit);
            IsLonger = offset > 0 || literal.Length > 8;
        }
    }
}
