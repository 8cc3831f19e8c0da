using System.Runtime.InteropServices;
using System.Text.Json;
using Canary.Rules;

namespace Canary.Replay;

/// <summary>
/// One string for each field name, found by the bytes that a record has for it. Names are numbered in the order of their first
/// coming; spaces are left out, as Sigma's taxonomy wants.
/// </summary>
internal sealed class FieldNames
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private int[] _slots = new int[1024];
    private readonly List<byte[]> _spellings = [];
    private readonly List<int> _numberOf = [];

    // Records of one kind have their names in one order: what followed a name the last time is tried before all others.
    private readonly List<int> _next = [];
    private int _previous;

    /// <param name="known">These get the first numbers, in their order.</param>
    public FieldNames(IReadOnlyList<string> known)
    {
        foreach (string name in known)
            Of(name);
    }

    public int Count => _names.Count;

    public string this[int number] => _names[number];

    /// <summary>The number of the property name that the reader stands on.</summary>
    public int Read(ref Utf8JsonReader reader)
    {
        var spelling = reader.ValueSpan;
        if (_next.Count > 0)
        {
            int likely = _next[_previous];
            if (spelling.SequenceEqual(_spellings[likely]))
                return _numberOf[_previous = likely];
        }

        int slot = Find(spelling);
        if (_slots[slot] != 0)
        {
            int found = _slots[slot] - 1;
            _previous = _next[_previous] = found;
            return _numberOf[found];
        }

        string name = RecordValue.Text(ref reader);
        int number = Of(name.Contains(' ') ? name.Replace(" ", "", StringComparison.Ordinal) : name);
        _spellings.Add(spelling.ToArray());
        _numberOf.Add(number);
        _next.Add(0);
        _slots[slot] = _spellings.Count;
        if (2 * _spellings.Count > _slots.Length)
            Grow();
        return number;
    }

    public int Of(string name)
    {
        if (_byName.TryGetValue(name, out int number))
            return number;
        _names.Add(name);
        return _byName[name] = _names.Count - 1;
    }

    private int Find(ReadOnlySpan<byte> spelling)
    {
        for (int slot = Hash(spelling) & (_slots.Length - 1); ; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (_slots[slot] == 0 || spelling.SequenceEqual(_spellings[_slots[slot] - 1]))
                return slot;
        }
    }

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        for (int i = 0; i < _spellings.Count; i++)
            _slots[Find(_spellings[i])] = i + 1;
    }

    // Seeded for each process: names are hostile, too.
    private static int Hash(ReadOnlySpan<byte> spelling) =>
        string.GetHashCode(MemoryMarshal.Cast<byte, char>(spelling)) + (spelling.IsEmpty ? 0 : 31 * spelling[^1]);
}
