using Canary.Findings;

namespace Canary.Rules;

/// <summary>The value against another field of the same event. Does not hold where either is absent.</summary>
internal sealed class FieldRefTest(Field other, int slot, Relation relation, bool cased) : ValueTest
{
    public override string Words => relation switch
    {
        Relation.Contains => "contains",
        Relation.StartsWith => "starts with",
        Relation.EndsWith => "ends with",
        _ => "equals",
    } + $" the field {other.Name}";

    public override bool Holds(in FieldValue value, Reading reading)
    {
        ref readonly var wanted = ref reading[slot];
        if (value.IsAbsent || wanted.IsAbsent)
            return false;
        if (value.Kind == FieldKind.Number && wanted.Kind == FieldKind.Number && relation == Relation.Equals)
            return value.Number == wanted.Number;
        if (value.List is null)
            return HoldsAny(value.Text ?? value.ToString()!, in wanted);
        foreach (string element in value.List)
        {
            if (HoldsAny(element, in wanted))
                return true;
        }

        return false;
    }

    private bool HoldsAny(string text, in FieldValue wanted)
    {
        if (wanted.List is null)
            return Holds(text, wanted.Text ?? wanted.ToString()!);
        foreach (string element in wanted.List)
        {
            if (Holds(text, element))
                return true;
        }

        return false;
    }

    private bool Holds(string text, string wanted)
    {
        var comparison = cased ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return relation switch
        {
            Relation.Contains => text.Contains(wanted, comparison),
            Relation.StartsWith => text.StartsWith(wanted, comparison),
            Relation.EndsWith => text.EndsWith(wanted, comparison),
            _ => text.Equals(wanted, comparison),
        };
    }
}

internal enum Relation
{
    Equals,
    Contains,
    StartsWith,
    EndsWith,
}
