using Canary.Findings;

namespace Canary.Rules;

/// <summary>A node of a rule's typed form. Evaluated as it stands; an index may be built beside it, never instead of it.</summary>
internal abstract class Condition
{
    public abstract bool Holds(Reading reading);

    /// <summary>Appends what made it hold. Called only after <see cref="Holds"/> said yes: speed is no matter here.</summary>
    public abstract void Collect(Reading reading, string by, List<MatchedField> into);
}

internal sealed class AllOf(Condition[] parts) : Condition
{
    public Condition[] Parts { get; } = parts;

    public override bool Holds(Reading reading)
    {
        foreach (var part in Parts)
        {
            if (!part.Holds(reading))
                return false;
        }

        return true;
    }

    public override void Collect(Reading reading, string by, List<MatchedField> into)
    {
        foreach (var part in Parts)
            part.Collect(reading, by, into);
    }
}

internal sealed class AnyOf(Condition[] parts) : Condition
{
    public Condition[] Parts { get; } = parts;

    public override bool Holds(Reading reading)
    {
        foreach (var part in Parts)
        {
            if (part.Holds(reading))
                return true;
        }

        return false;
    }

    public override void Collect(Reading reading, string by, List<MatchedField> into)
    {
        foreach (var part in Parts)
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
    public Condition Part { get; } = part;

    public override bool Holds(Reading reading) => !Part.Holds(reading);

    public override void Collect(Reading reading, string by, List<MatchedField> into)
    {
    }
}

/// <summary>A named selection of the rule.</summary>
internal sealed class Selection(string name, Condition body) : Condition
{
    public string Name { get; } = name;

    public Condition Body { get; } = body;

    public override bool Holds(Reading reading) => Body.Holds(reading);

    public override void Collect(Reading reading, string by, List<MatchedField> into) => Body.Collect(reading, Name, into);
}
