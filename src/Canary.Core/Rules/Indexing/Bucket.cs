using System.Numerics;
using Canary.Findings;

namespace Canary.Rules.Indexing;

/// <summary>
/// The rules for one log source with their index: one pass over each field answers all plain comparisons of all rules, a necessary
/// atom of each rule says which rules are worth a look, and those are decided by programs over bits. Immutable.
/// </summary>
internal sealed class Bucket
{
    // All of SigmaHQ's rules for Windows processes have a fortieth of it. Beyond, every rule is looked at for every event.
    private const int MostCharacters = 8_000_000;

    private readonly BitProgram[] _programs;
    private readonly (int Slot, FieldScan Scan)[] _scans;
    private readonly FieldScan? _anyField;
    private readonly HashSet<Field> _scanned;
    private readonly int _atoms;
    private readonly ulong[] _always;

    // The rules to look at, by atom, for atoms that are some rule's witness.
    private readonly int[]?[] _witnessed;

    /// <param name="sampled">Look first where ordinary events hold least: worth its time where many will come.</param>
    public Bucket(Rule[] rules, Field[] fields, bool sampled)
    {
        Rules = rules;
        var table = new AtomTable();
        _programs = [.. rules.Select(r => table.Compile(r.Condition))];
        foreach (var rule in rules)
            table.Witness(rule.Condition, default);
        bool isIndexed = table.Characters <= MostCharacters;
        if (!isIndexed)
        {
            table = new AtomTable();
            _programs = [.. rules.Select(r => new Direct(r.Condition))];
        }

        _atoms = table.Count;
        var numbers = table.Numbers.ToLookup(n => n.Slot);
        var scans = table.Atoms.ToLookup(a => a.Atom.Slot);
        var slots = scans.Select(g => g.Key).Union(numbers.Select(g => g.Key)).ToArray();
        _scans = [.. slots.Where(s => s != Atom.AnyField).Order().Select(s => (s, Scan(s)))];
        _scanned = [.. _scans.Select(s => fields[s.Slot])];
        _anyField = slots.Contains(Atom.AnyField) ? Scan(Atom.AnyField) : null;
        _always = new ulong[(rules.Length + 63) / 64];
        var byAtom = new List<int>?[_atoms];
        var found = isIndexed && sampled ? InSample(fields) : [];
        for (int rule = 0; rule < rules.Length; rule++)
        {
            var atoms = isIndexed ? table.Witness(rules[rule].Condition, found) : null;
            if (atoms is null)
                _always[rule >> 6] |= 1UL << rule;
            foreach (int atom in atoms ?? [])
                (byAtom[atom] ??= []).Add(rule);
        }

        _witnessed = [.. byAtom.Select(r => r?.Distinct().ToArray())];

        // What is looked for in every field is found in the same pass as what is looked for in this one.
        FieldScan Scan(int slot)
        {
            var any = slot == Atom.AnyField ? [] : scans[Atom.AnyField];
            var anyNumbers = slot == Atom.AnyField ? [] : numbers[Atom.AnyField];
            return new FieldScan(
                [.. scans[slot], .. any], numbers[slot].Concat(anyNumbers).GroupBy(n => n.Number).ToDictionary(g => g.Key, g => g.Select(n => n.Bit).ToArray()), sampled);
        }
    }

    public Rule[] Rules { get; }

    /// <summary>Rules that must be looked at for every event.</summary>
    public int WithoutWitness => _always.Sum(BitOperations.PopCount);

    /// <summary>Of the tables.</summary>
    public long Bytes => _scans.Sum(s => s.Scan.Bytes) + (_anyField?.Bytes ?? 0);

    /// <summary>Whether a marked rule holds.</summary>
    public bool Holds(int rule, Reading reading, IndexScratch scratch) => _programs[rule].Holds(scratch.Bits.Words, reading);

    /// <summary>Scans the fields of the event and marks the rules that may hold.</summary>
    public ReadOnlySpan<ulong> Candidates(Reading reading, IndexScratch scratch)
    {
        Scan(reading, scratch);
        var candidates = scratch.Candidates(_always);
        foreach (int atom in scratch.Bits.Found)
        {
            foreach (int rule in _witnessed[atom] ?? [])
                candidates[rule >> 6] |= 1UL << rule;
        }

        return candidates;
    }

    /// <summary>The pass over the text alone.</summary>
    public void Scan(Reading reading, IndexScratch scratch)
    {
        scratch.Bits.Begin(_atoms);
        foreach (var (slot, scan) in _scans)
            scan.Read(in reading[slot], scratch);
        if (_anyField is null)
            return;
        var names = reading.Subject.Names;
        for (int i = 0; i < names.Count; i++)
        {
            if (!_scanned.Contains(names[i]))
                _anyField.Read(reading.Subject.Get(names[i]), scratch);
        }
    }

    private int[] InSample(Field[] fields)
    {
        int[] found = new int[_atoms];
        var reading = new Reading(fields);
        var scratch = new IndexScratch();
        foreach (var ordinary in OrdinaryEvents.All)
        {
            reading.Begin(ordinary);
            Scan(reading, scratch);
            foreach (int atom in scratch.Bits.Found)
                found[atom]++;
        }

        return found;
    }
}

/// <summary>What one engine writes on while it looks at an event.</summary>
internal sealed class IndexScratch
{
    private ulong[] _candidates = [];

    public AtomBits Bits { get; } = new();

    public FoldedText Text { get; } = new();

    /// <summary>The set of rules, as it stands before any atom was found.</summary>
    public Span<ulong> Candidates(ReadOnlySpan<ulong> always)
    {
        if (_candidates.Length < always.Length)
            _candidates = new ulong[always.Length];
        always.CopyTo(_candidates);
        return _candidates.AsSpan(0, always.Length);
    }
}
