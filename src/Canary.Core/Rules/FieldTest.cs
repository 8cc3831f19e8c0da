using Canary.Findings;

namespace Canary.Rules;

/// <summary>One field against one value.</summary>
internal sealed class FieldTest(Field field, int slot, ValueTest test) : Condition
{
    // Longer than any command line that people write; those of an event's own fields are shown whole.
    private const int MostShown = 4096;
    private const int MostExcerpt = 240;
    private const int Around = 60;

    public Field Field { get; } = field;

    public int Slot { get; } = slot;

    public ValueTest Test { get; } = test;

    public override int Cost => Test.Cost;

    public override bool Holds(Reading reading) => Test.Holds(in reading[Slot], reading);

    public override void Collect(Reading reading, string by, List<MatchedField> into)
    {
        var value = reading[Slot];
        string shown = Shown(value, Test, reading);
        into.Add(Field.Id == Fields.Content || shown.Length > MostShown ? Excerpt(shown, by) : new MatchedField(Field.Name, shown, by));
    }

    // A file's content is a field as well, and nobody wants to read all of it in a finding.
    private MatchedField Excerpt(string text, string by)
    {
        if (Test.Where(text) is not { } where)
            return new MatchedField(Field.Name, text.Length > MostExcerpt ? text[..MostExcerpt] + "…" : text, by);
        var (at, length) = where.GetOffsetAndLength(text.Length);
        int start = Math.Max(0, at - Around), end = Math.Min(text.Length, at + Math.Min(length, MostExcerpt) + Around);
        return new MatchedField(Field.Name, (start > 0 ? "…" : "") + text[start..end] + (end < text.Length ? "…" : ""), by) { At = at };
    }

    /// <summary>Of a list, only the element that matched.</summary>
    public static string Shown(in FieldValue value, ValueTest test, Reading reading)
    {
        foreach (string element in value.List ?? [])
        {
            if (test.Holds(FieldValue.Of(element), reading))
                return element;
        }

        return value.ToString() ?? "";
    }
}

/// <summary>One value against every field of the event.</summary>
internal sealed class KeywordTest(ValueTest test) : Condition
{
    public ValueTest Test { get; } = test;

    public override int Cost => 10 * Test.Cost;

    public override bool Holds(Reading reading) => Found(reading) >= 0;

    public override void Collect(Reading reading, string by, List<MatchedField> into)
    {
        int at = Found(reading);
        if (at >= 0)
            into.Add(new MatchedField(reading.Present[at].Key.Name, FieldTest.Shown(reading.Present[at].Value, Test, reading), by));
    }

    private int Found(Reading reading)
    {
        var present = reading.Present;
        for (int i = 0; i < present.Count; i++)
        {
            if (Test.Holds(present[i].Value, reading))
                return i;
        }

        return -1;
    }
}

/// <summary>Holds when one process above the actor satisfies the whole of <paramref name="body"/>.</summary>
internal sealed class LineageTest(Condition body) : Condition
{
    public override IReadOnlyList<Condition> Parts => [body];

    public override int Cost => 5 * body.Cost;

    public override bool Holds(Reading reading) => Found(reading) is not null;

    public override void Collect(Reading reading, string by, List<MatchedField> into)
    {
        if (Found(reading) is { } ancestor)
            into.Add(new MatchedField("AncestorImages", ancestor.Image, by));
    }

    private ProcessFacts? Found(Reading reading)
    {
        var chain = reading.Subject.Chain;
        for (int i = 1; i < chain.Count; i++)
        {
            if (body.Holds(reading.OfAncestor(chain[i])))
                return chain[i];
        }

        return null;
    }
}
