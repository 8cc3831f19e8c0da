using System.Numerics;

namespace Canary.Rules.Indexing;

/// <summary>
/// The rules for one log source with their index: one pass over each field answers all plain comparisons of all rules, a necessary
/// atom of each rule says which rules are worth a look, and those are decided by programs over bits. Immutable.
/// </summary>
internal sealed class Bucket
{
    // 400 MB; all of SigmaHQ's rules for Windows processes take a tenth of it. Beyond, every rule is looked at for every event.
    private const long MostCells = 100_000_000;

    private readonly BitProgram[] _programs;
    private readonly (int Slot, FieldScan Scan)[] _scans;
    private readonly FieldScan? _anyField;
    private readonly ulong[] _always;

    // The rules to look at, by atom, for atoms that are some rule's witness.
    private readonly int[]?[] _witnessed;
    private readonly ulong[] _isWitness;

    public Bucket(Rule[] rules)
    {
        Rules = rules;
        var table = new AtomTable();
        BitProgram[] programs = [.. rules.Select(r => table.Compile(r.Condition))];
        var witnesses = rules.Select(r => table.Witness(r.Condition)).ToArray();
        if (table.Cells > MostCells)
        {
            table = new AtomTable();
            programs = [.. rules.Select(r => new Direct(r.Condition))];
            witnesses = new List<int>?[rules.Length];
        }

        _programs = programs;
        _always = new ulong[Words(rules.Length)];
        var byAtom = new List<int>?[table.Count];
        for (int rule = 0; rule < rules.Length; rule++)
        {
            if (witnesses[rule] is not { } atoms)
                _always[rule >> 6] |= 1UL << rule;
            foreach (int atom in witnesses[rule] ?? [])
                (byAtom[atom] ??= []).Add(rule);
        }

        _witnessed = [.. byAtom.Select(r => r?.Distinct().ToArray())];
        _isWitness = new ulong[Words(table.Count)];
        for (int atom = 0; atom < _witnessed.Length; atom++)
        {
            if (_witnessed[atom] is not null)
                _isWitness[atom >> 6] |= 1UL << atom;
        }

        var numbers = table.Numbers.ToLookup(n => n.Slot);
        var scans = table.Atoms.ToLookup(a => a.Atom.Slot);
        var slots = scans.Select(g => g.Key).Union(numbers.Select(g => g.Key)).ToArray();
        _scans = [.. slots.Where(s => s != Atom.AnyField).Order().Select(s => (s, Scan(s)))];
        _anyField = slots.Contains(Atom.AnyField) ? Scan(Atom.AnyField) : null;

        FieldScan Scan(int slot) => new(
            new AtomAutomaton([.. scans[slot]]), numbers[slot].GroupBy(n => n.Number).ToDictionary(g => g.Key, g => g.Select(n => n.Bit).ToArray()));
    }

    public Rule[] Rules { get; }

    /// <summary>Rules that must be looked at for every event.</summary>
    public int WithoutWitness => _always.Sum(BitOperations.PopCount);

    /// <summary>Of the tables.</summary>
    public long Bytes => _scans.Sum(s => (long)s.Scan.Bytes) + (_anyField?.Bytes ?? 0);

    /// <summary>Scans the fields of the event and marks the rules that may hold.</summary>
    public void Scan(Reading reading, IndexScratch scratch)
    {
        var (bits, candidates) = scratch.For(_isWitness.Length, _always.Length);
        foreach (var (slot, scan) in _scans)
            scan.Read(in reading[slot], bits);
        if (_anyField is not null)
        {
            var present = reading.Present;
            for (int i = 0; i < present.Count; i++)
                _anyField.Read(present[i].Value, bits);
        }

        _always.CopyTo(candidates, 0);
        for (int word = 0; word < _isWitness.Length; word++)
        {
            for (ulong hits = bits[word] & _isWitness[word]; hits != 0; hits &= hits - 1)
            {
                foreach (int rule in _witnessed[(word << 6) + BitOperations.TrailingZeroCount(hits)]!)
                    candidates[rule >> 6] |= 1UL << rule;
            }
        }
    }

    /// <summary>Whether a marked rule holds.</summary>
    public bool Holds(int rule, Reading reading, IndexScratch scratch) => _programs[rule].Holds(scratch.Bits, reading);

    public int CandidateWords => _always.Length;

    private static int Words(int bits) => (bits + 63) / 64;
}

/// <summary>What one engine writes on while it looks at an event.</summary>
internal sealed class IndexScratch
{
    public ulong[] Bits { get; private set; } = [];

    public ulong[] Candidates { get; private set; } = [];

    public (ulong[] Bits, ulong[] Candidates) For(int bitWords, int candidateWords)
    {
        if (Bits.Length < bitWords)
            Bits = new ulong[bitWords];
        else
            Array.Clear(Bits, 0, bitWords);
        if (Candidates.Length < candidateWords)
            Candidates = new ulong[candidateWords];
        return (Bits, Candidates);
    }
}
