using Canary.Findings;

namespace Canary.Rules;

/// <summary>The value against another field of the same event. Does not hold where either is absent.</summary>
internal sealed class FieldRefTest(Field other, int slot, Relation relation, bool cased) : ValueTest
{
    public override string Words => $"{relation.ToString().ToLowerInvariant()} the field {other.Name}";

    public override bool Holds(in FieldValue value, Reading reading)
    {
        ref readonly var wanted = ref reading[slot];
        if (value.IsAbsent || wanted.IsAbsent)
            return false;
        if (value.Kind == FieldKind.Number && wanted.Kind == FieldKind.Number && relation == Relation.Equals)
            return value.Number == wanted.Number;
        return value.List is { } list ? Array.Exists(list, item => HoldsAny(item, reading)) : HoldsAny(value.ToString()!, reading);
    }

    private bool HoldsAny(string text, Reading reading)
    {
        ref readonly var wanted = ref reading[slot];
        return wanted.List is { } list ? Array.Exists(list, item => Holds(text, item)) : Holds(text, wanted.ToString()!);
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
