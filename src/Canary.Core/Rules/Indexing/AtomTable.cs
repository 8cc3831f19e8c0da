using System.Text.RegularExpressions;

namespace Canary.Rules.Indexing;

/// <summary>Numbers the atoms of a bucket and turns its conditions into programs over them.</summary>
internal sealed class AtomTable
{
    private readonly Dictionary<Atom, int> _bits = [];
    private readonly Dictionary<(int Slot, double Number, Atom? Written), int> _numbers = [];
    private readonly List<int> _lengths = [];

    public int Count { get; private set; }

    public IEnumerable<(Atom Atom, int Bit)> Atoms =>
        _bits.Select(p => (p.Key, p.Value)).Concat(_numbers.Where(p => p.Key.Written is not null).Select(p => (p.Key.Written!.Value, p.Value)));

    public IEnumerable<(int Slot, double Number, int Bit)> Numbers => _numbers.Select(p => (p.Key.Slot, p.Key.Number, p.Value));

    /// <summary>Of all literals together: hostile rules could hold gigabytes.</summary>
    public long Characters => _bits.Keys.Sum(a => (long)a.Literal.Length);

    public BitProgram Compile(Condition condition)
    {
        switch (condition)
        {
            case Selection selection:
                return Compile(selection.Parts[0]);
            case Not not:
                return new Inverse(Compile(not.Parts[0]));
            case AllOf all:
                var (every, allParts) = Split(all);
                return allParts is [var only] && every.Count == 0 ? only : new Every(new AtomMask(every), allParts);
            case AnyOf any:
                var (some, anyParts) = Split(any);
                return anyParts is [var one] && some.Count == 0 ? one : new Some(new AtomMask(some), anyParts);
            default:
                if (Exact(condition) is { } bit)
                    return new Every(new AtomMask([bit]), []);
                // A regular expression, or a glob with inner wildcards, is tried only where a piece of its text was seen.
                BitProgram direct = condition is FieldTest { Test: RegexTest test } field && RegexRun.Of(test.Regex) is { } run
                    ? new RunGuarded(run, field.Slot, condition)
                    : new Direct(condition);
                return Witness(condition, default, weak: false) is { } needed ? new Guarded(new AtomMask(needed), direct) : direct;
        }
    }

    private (List<int> Bits, BitProgram[] Parts) Split(Condition condition)
    {
        var bits = new List<int>();
        var parts = new List<BitProgram>();
        foreach (var part in condition.Parts)
        {
            if (Exact(part) is { } bit)
                bits.Add(bit);
            else
                parts.Add(Compile(part));
        }

        return (bits, [.. parts]);
    }

    /// <summary>The bit that says exactly what a test says; null where none does.</summary>
    private int? Exact(Condition condition, bool weak = false) => condition switch
    {
        FieldTest { Test: GlobTest test } field => Bit(Atom.Exactly(field.Slot, test.Glob), weak),
        FieldTest { Test: BooleanTest test } field => Bit(Atom.Of(field.Slot, AtomKind.Equals, test.Wanted ? "true" : "false"), weak),
        FieldTest { Test: NumberTest { Comparison: Comparison.Equal } test } field => Bit(field.Slot, test),
        KeywordTest { Test: GlobTest test } => Bit(Atom.Exactly(Atom.AnyField, test.Glob), weak),
        _ => null,
    };

    /// <summary>
    /// Atoms of which one must hold for the condition to hold, as few events as can be expected to have them; null when there are none.
    /// An `and` needs only one of its parts, an `or` all of them, and a `not` promises nothing.
    /// </summary>
    /// <param name="found">How many events of a sample have each atom; empty where that is not known yet.</param>
    public List<int>? Witness(Condition condition, ReadOnlyMemory<int> found = default) =>
        Witness(condition, found, weak: false) ?? Witness(condition, found, weak: true);

    private List<int>? Witness(Condition condition, ReadOnlyMemory<int> found, bool weak)
    {
        switch (condition)
        {
            case Selection selection:
                return Witness(selection.Parts[0], found, weak);
            case AllOf all:
                return all.Parts.Select(part => Witness(part, found, weak)).OfType<List<int>>().MinBy(atoms => Expected(atoms, found.Span));
            case AnyOf any:
                var union = new List<int>();
                foreach (var part in any.Parts)
                {
                    if (Witness(part, found, weak) is not { } atoms)
                        return null;
                    union.AddRange(atoms);
                }

                return union;
            case FieldTest { Test: GlobTest test } field:
                return Of(Exact(condition, weak) ?? Bit(Atom.Within(field.Slot, test.Glob), weak));
            case FieldTest { Test: RegexTest test } field:
                return Bits(field.Slot, test, weak);
            case KeywordTest { Test: RegexTest test }:
                return Bits(Atom.AnyField, test, weak);
            case KeywordTest { Test: GlobTest test }:
                return Of(Exact(condition, weak) ?? Bit(Atom.Within(Atom.AnyField, test.Glob), weak));
            default:
                return Of(Exact(condition, weak));
        }
    }

    private List<int>? Bits(int slot, RegexTest test, bool weak)
    {
        var literals = RegexLiterals.Of(test.Regex.ToString(), (test.Regex.Options & RegexOptions.IgnoreCase) != 0);
        var bits = literals?.Select(l => Bit(Atom.Of(slot, AtomKind.Contains, l), weak)).ToArray();
        return bits is null || bits.Contains(null) ? null : [.. bits.OfType<int>()];
    }

    private static List<int>? Of(int? bit) => bit is { } b ? [b] : null;

    // What the sample does not have is the rarer the longer it is.
    private double Expected(List<int> atoms, ReadOnlySpan<int> found)
    {
        double sum = 0;
        foreach (int bit in atoms)
            sum += (bit < found.Length ? found[bit] : 0) + (1.0 / (1 + _lengths[bit]));
        return sum;
    }

    private int? Bit(Atom? atom, bool weak)
    {
        if (atom is not { } wanted || (wanted.IsWeak && !weak))
            return null;
        if (!_bits.TryGetValue(wanted, out int bit))
            _bits[wanted] = bit = New(wanted.Literal.Length + wanted.Kind switch { AtomKind.Equals => 4, AtomKind.NotAscii => 12, _ => 0 });
        return bit;
    }

    private int Bit(int slot, NumberTest test)
    {
        // Text that reads as written counts too, even if it is no number: 0x1010.
        var key = (slot, test.Wanted, Atom.Of(slot, AtomKind.Equals, test.Written));
        if (!_numbers.TryGetValue(key, out int bit))
            _numbers[key] = bit = New(8);
        return bit;
    }

    private int New(int length)
    {
        _lengths.Add(length);
        return Count++;
    }
}
