using Canary.Findings;

namespace Canary.Rules;

/// <summary>A node of a rule's typed form. Evaluated as it stands; an index may be built beside it, never instead of it.</summary>
internal abstract class Condition
{
    public abstract bool Holds(Reading reading);

    /// <summary>What it is made of; empty for a test.</summary>
    public virtual IReadOnlyList<Condition> Parts => [];

    /// <summary>About how long it takes to decide, in comparisons of one value: among parts whose order is free, the cheap are asked first.</summary>
    public virtual int Cost => Parts.Sum(part => part.Cost);

    /// <summary>Itself and everything below it.</summary>
    public IEnumerable<Condition> Tree() => Parts.SelectMany(part => part.Tree()).Prepend(this);

    /// <summary>Appends what made it hold. Called only after <see cref="Holds"/> said yes: speed is no matter here.</summary>
    public abstract void Collect(Reading reading, string by, List<MatchedField> into);
}

internal sealed class AllOf(Condition[] parts) : Condition
{
    private readonly Condition[] _byCost = [.. parts.OrderBy(part => part.Cost)];

    public override IReadOnlyList<Condition> Parts => parts;

    public override bool Holds(Reading reading)
    {
        foreach (var part in _byCost)
        {
            if (!part.Holds(reading))
                return false;
        }

        return true;
    }

    public override void Collect(Reading reading, string by, List<MatchedField> into)
    {
        foreach (var part in parts)
            part.Collect(reading, by, into);
    }
}

internal sealed class AnyOf(Condition[] parts) : Condition
{
    private readonly Condition[] _byCost = LiteralList.Gather(parts);

    public override IReadOnlyList<Condition> Parts => parts;

    public override bool Holds(Reading reading)
    {
        foreach (var part in _byCost)
        {
            if (part.Holds(reading))
                return true;
        }

        return false;
    }

    public override void Collect(Reading reading, string by, List<MatchedField> into)
    {
        foreach (var part in parts)
        {
            if (part.Holds(reading))
            {
                part.Collect(reading, by, into);
                return;
            }
        }
    }
}

/// <summary>What makes it hold is an absence, so it collects nothing.</summary>
internal sealed class Not(Condition part) : Condition
{
    public override IReadOnlyList<Condition> Parts => [part];

    public override bool Holds(Reading reading) => !part.Holds(reading);

    public override void Collect(Reading reading, string by, List<MatchedField> into)
    {
    }
}

/// <summary>A named selection of the rule.</summary>
internal sealed class Selection(string name, Condition body) : Condition
{
    public string Name { get; } = name;

    public override IReadOnlyList<Condition> Parts => [body];

    public override bool Holds(Reading reading) => body.Holds(reading);

    public override void Collect(Reading reading, string by, List<MatchedField> into) => body.Collect(reading, Name, into);
}
