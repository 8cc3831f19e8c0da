using Canary.Findings;

namespace Canary.Rules;

/// <summary>A Sigma correlation: what several matches of other rules, within a time and a group, must add up to.</summary>
internal sealed class Correlation
{
    public required CorrelationType Type { get; init; }

    public required Rule[] Rules { get; init; }

    public required TimeSpan Timespan { get; init; }

    /// <summary>By rule: the fields whose values make the group. An event that lacks one belongs to none.</summary>
    public required Field[][] GroupBy { get; init; }

    /// <summary>By rule: the fields that are counted or added up; several make one value together.</summary>
    public required Field[][] Values { get; init; }

    /// <summary>What the count, sum or average must satisfy, all of it.</summary>
    public required Bound[] Bounds { get; init; }

    /// <summary>For temporal types: which rules must have matched; null for all.</summary>
    public ConditionSyntax? Occurred { get; init; }

    public double Percentile { get; init; } = 50;

    /// <summary>The rules that it is made of alert on their own as well.</summary>
    public bool Generates { get; init; }

    /// <summary>Equal for two loads of the same correlation: then what was remembered still counts.</summary>
    public required string Signature { get; init; }

    public bool IsTemporal => Type is CorrelationType.Temporal or CorrelationType.TemporalOrdered;

    public bool Satisfies(double measure) => Array.TrueForAll(Bounds, b => b.Holds(measure));

    /// <summary>Whether the rules that matched are those it asks for.</summary>
    public bool Satisfies(ReadOnlySpan<bool> occurred) => Occurred is null ? !occurred.Contains(false) : Holds(Occurred, occurred);

    private bool Holds(ConditionSyntax syntax, ReadOnlySpan<bool> occurred)
    {
        switch (syntax)
        {
            case ConditionSyntax.Or or:
                foreach (var part in or.Parts)
                {
                    if (Holds(part, occurred))
                        return true;
                }

                return false;
            case ConditionSyntax.And and:
                foreach (var part in and.Parts)
                {
                    if (!Holds(part, occurred))
                        return false;
                }

                return true;
            case ConditionSyntax.Negation not:
                return !Holds(not.Part, occurred);
            case ConditionSyntax.Of of:
                return of.All ? !occurred.Contains(false) : occurred.Contains(true);
            default:
                return occurred[IndexOf(((ConditionSyntax.Name)syntax).Word)];
        }
    }

    /// <summary>The place of a rule among <see cref="Rules"/>, by name, slug or id; -1 for none.</summary>
    public int IndexOf(string reference) =>
        Array.FindIndex(Rules, r => r.Name == reference || r.Facts.Slug == reference || r.Facts.Id.Equals(reference, StringComparison.OrdinalIgnoreCase));
}

internal enum CorrelationType
{
    EventCount,
    ValueCount,
    ValueSum,
    ValueAvg,
    ValuePercentile,
    Temporal,
    TemporalOrdered,
}

/// <summary>One comparison of a correlation's condition.</summary>
internal readonly record struct Bound(string Operator, double Number)
{
    public static readonly IReadOnlyList<string> Operators = ["gt", "gte", "lt", "lte", "eq", "neq"];

    public bool Holds(double measure) => Operator switch
    {
        "gt" => measure > Number,
        "gte" => measure >= Number,
        "lt" => measure < Number,
        "lte" => measure <= Number,
        "eq" => measure == Number,
        _ => measure != Number,
    };
}
