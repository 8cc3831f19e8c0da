namespace Canary.Rules.Indexing;

/// <summary>A condition over the bits of a scan; what no atom can say is asked of the condition itself.</summary>
internal abstract class BitProgram
{
    public abstract bool Holds(ulong[] bits, Reading reading);
}

internal sealed class Direct(Condition condition) : BitProgram
{
    public override bool Holds(ulong[] bits, Reading reading) => condition.Holds(reading);
}

/// <summary>A test that cannot hold unless one of the atoms does.</summary>
internal sealed class Guarded(AtomMask atoms, BitProgram test) : BitProgram
{
    public override bool Holds(ulong[] bits, Reading reading) => atoms.AnyIn(bits) && test.Holds(bits, reading);
}

/// <summary>A regular expression that cannot match a text without a long run of characters.</summary>
internal sealed class RunGuarded(RegexRun run, int slot, Condition condition) : BitProgram
{
    public override bool Holds(ulong[] bits, Reading reading) =>
        (reading[slot].Text is not { } text || run.MayStandIn(text)) && condition.Holds(reading);
}

internal sealed class Inverse(BitProgram part) : BitProgram
{
    public override bool Holds(ulong[] bits, Reading reading) => !part.Holds(bits, reading);
}

/// <summary>All of the atoms, then all of the parts.</summary>
internal sealed class Every(AtomMask atoms, BitProgram[] parts) : BitProgram
{
    public override bool Holds(ulong[] bits, Reading reading)
    {
        if (!atoms.AllIn(bits))
            return false;
        foreach (var part in parts)
        {
            if (!part.Holds(bits, reading))
                return false;
        }

        return true;
    }
}

/// <summary>One of the atoms, or one of the parts.</summary>
internal sealed class Some(AtomMask atoms, BitProgram[] parts) : BitProgram
{
    public override bool Holds(ulong[] bits, Reading reading)
    {
        if (atoms.AnyIn(bits))
            return true;
        foreach (var part in parts)
        {
            if (part.Holds(bits, reading))
                return true;
        }

        return false;
    }
}

/// <summary>A set of atoms, as masks of the words that have any.</summary>
internal sealed class AtomMask
{
    private readonly int[] _words;
    private readonly ulong[] _masks;

    public AtomMask(IEnumerable<int> bits)
    {
        var masks = new SortedDictionary<int, ulong>();
        foreach (int bit in bits)
            masks[bit >> 6] = masks.GetValueOrDefault(bit >> 6) | (1UL << bit);
        _words = [.. masks.Keys];
        _masks = [.. masks.Values];
    }

    public bool AnyIn(ulong[] bits)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            if ((bits[_words[i]] & _masks[i]) != 0)
                return true;
        }

        return false;
    }

    public bool AllIn(ulong[] bits)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            if ((bits[_words[i]] & _masks[i]) != _masks[i])
                return false;
        }

        return true;
    }
}
