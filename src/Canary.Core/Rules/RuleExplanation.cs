using Canary.Findings;
using Canary.Text;

namespace Canary.Rules;

/// <summary>Why a rule fires on an event, or what is missing for it to fire, in words.</summary>
/// <param name="Decided">The selections and their tests, indented, each with whether it holds.</param>
/// <param name="Missing">The fewest changes of the event that would make the rule fire; empty when it fires.</param>
public sealed record RuleExplanation(Rule Rule, bool Fires, IReadOnlyList<string> Decided, IReadOnlyList<string> Missing)
{
    private const int MostValue = 160;

    /// <summary>Explains the last event; those before it are what sequences may stand on.</summary>
    public static RuleExplanation Of(RuleBook book, Rule rule, IReadOnlyList<Subject> events)
    {
        var engine = new RuleEngine(book);
        var found = new List<Finding>();
        foreach (var e in events)
            engine.Evaluate(e, found);
        bool fires = engine.Matched.Contains(rule);
        var reading = new Reading(book.Fields);
        reading.Begin(events[^1]);
        var lines = new List<string>();
        var missing = new List<string>();
        if (rule.Correlation is not null)
        {
            lines.Add($"{Mark(fires)} {Words(rule.Correlation)}");
            if (!fires)
                missing.Add("a last event with which " + Words(rule.Correlation));
            return new RuleExplanation(rule, fires, lines, missing);
        }

        if (!RuleBook.Covers(rule.Source, events[^1].Source))
            missing.Add($"an event of {Words(rule.Source)}; this one is of {Words(events[^1].Source)}");
        Describe(rule.Condition, reading, "", lines);
        missing.AddRange(Lacking(rule.Condition, reading, wanted: true));
        if (rule.Near is { } near)
        {
            string words = $"{string.Join(near.Ordered ? ", then " : " and ", near.After.Select(r => r.Facts.Slug))} matched before in the same "
                + (near.InSession ? "agent session" : "session or process tree") + $", within {near.Within}";
            lines.Add($"{Mark(fires || missing.Count > 0)} near: {words}");
            if (!fires && missing.Count == 0)
            {
                lines[^1] = $"{Mark(false)} near: {words}";
                missing.Add(words);
            }
        }

        return new RuleExplanation(rule, fires, lines, fires ? [] : missing);
    }

    private static void Describe(Condition condition, Reading reading, string indent, List<string> lines)
    {
        bool holds = condition.Holds(reading);
        switch (condition)
        {
            case Selection selection:
                lines.Add($"{indent}{Mark(holds)} selection {selection.Name}");
                Describe(selection.Parts[0], reading, indent + "  ", lines);
                break;
            case AnyOf any when Values(any) is { } words:
                lines.Add($"{indent}{Mark(holds)} {words} – {Actual(any.Parts[0], reading)}");
                break;
            case AllOf all:
                foreach (var part in all.Parts)
                    Describe(part, reading, indent, lines);
                break;
            case AnyOf any:
                lines.Add($"{indent}{Mark(holds)} any of");
                foreach (var part in any.Parts)
                    Describe(part, reading, indent + "  ", lines);
                break;
            case Not not:
                lines.Add($"{indent}{Mark(holds)} not");
                Describe(not.Parts[0], reading, indent + "  ", lines);
                break;
            case LineageTest lineage:
                lines.Add($"{indent}{Mark(holds)} {Words(lineage)}");
                break;
            default:
                lines.Add($"{indent}{Mark(holds)} {Words(condition)} – {Actual(condition, reading)}");
                break;
        }
    }

    /// <summary>The fewest tests that must come out otherwise for the condition to be as wanted.</summary>
    private static List<string> Lacking(Condition condition, Reading reading, bool wanted)
    {
        if (condition.Holds(reading) == wanted)
            return [];
        if (condition is Not not)
            return Lacking(not.Parts[0], reading, !wanted);
        if (condition is AnyOf any && wanted && Values(any) is { } words)
            return [$"{words} ({Actual(any.Parts[0], reading)})"];
        if (condition.Parts.Count == 0 || condition is LineageTest)
            return [(wanted ? "" : "not: ") + $"{Words(condition)} ({Actual(condition, reading)})"];
        var parts = condition.Parts.Select(p => Lacking(p, reading, wanted)).Where(l => l.Count > 0).ToArray();
        // All parts of an `and` must hold, one part of an `or` is enough; for what must not hold it is the other way round.
        bool every = condition is AnyOf ? !wanted : condition is not AllOf || wanted;
        return parts.Length == 0 ? [] : every ? [.. parts.SelectMany(p => p)] : parts.MinBy(p => p.Count)!;
    }

    /// <summary>A list of values of one field as one line; null for what is no such list.</summary>
    private static string? Values(AnyOf any)
    {
        if (any.Parts[0] is not FieldTest first || any.Parts.Any(p => p is not FieldTest test || test.Field != first.Field))
            return null;
        const int Shown = 6;
        var words = any.Parts.Cast<FieldTest>().Select(t => t.Test.Words).Take(Shown);
        string more = any.Parts.Count > Shown ? $", or {any.Parts.Count - Shown} more" : "";
        return Printable.Line($"{first.Field.Name} {string.Join(", or ", words)}{more}");
    }

    private static string Words(Condition condition) => Printable.Line(condition switch
    {
        FieldTest test => $"{test.Field.Name} {test.Test.Words}",
        KeywordTest keyword => $"some field {keyword.Test.Words}",
        LineageTest lineage => "a process above it: " + string.Join("; ", lineage.Tree().OfType<FieldTest>().Select(Words)),
        _ => condition.GetType().Name,
    });

    private static string Words(Correlation correlation) =>
        $"{correlation.Type} of {string.Join(", ", correlation.Rules.Select(r => r.Facts.Slug))} within {correlation.Timespan}"
        + string.Concat(correlation.Bounds.Select(b => $" {b.Operator} {b.Number}"));

    private static string Words(LogSource source) =>
        string.Join('/', new[] { source.Product ?? "any product", source.Category, source.Service }.Where(p => p is not null));

    private static string Actual(Condition condition, Reading reading) => condition switch
    {
        FieldTest test when reading[test.Slot].Kind == FieldKind.Absent => $"the event has no {test.Field.Name}",
        FieldTest test => $"it is '{Printable.Line(reading[test.Slot].ToString() ?? "", MostValue)}'",
        LineageTest => reading.Subject.Chain.Count > 1
            ? "above it: " + Printable.Line(string.Join(", ", reading.Subject.Chain.Skip(1).Select(p => p.Image)), MostValue) : "nothing is known above it",
        _ => "no field has it",
    };

    private static string Mark(bool holds) => holds ? "+" : "-";
}
