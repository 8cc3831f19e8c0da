using Canary.Findings;

namespace Canary.Rules;

/// <summary>Every rule that was loaded. Immutable: a reload makes a new one and swaps it whole.</summary>
public sealed class RuleBook
{
    public static readonly RuleBook Empty = new([], []);

    internal RuleBook(IReadOnlyList<Rule> rules, Field[] fields)
    {
        Rules = rules;
        Fields = fields;
    }

    /// <summary>In the order of their slugs.</summary>
    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>The fields that some rule asks for, by slot.</summary>
    internal Field[] Fields { get; }

    /// <summary>Regular expressions that some text drove to the linear engine: a rule that should be mended, or an attack.</summary>
    public int SlowExpressions => Rules.SelectMany(r => r.Condition.Tree()).OfType<FieldTest>().Count(t => t.Test is RegexTest { IsLinear: true });

    /// <summary>By id, slug or name; null when there is none.</summary>
    public Rule? Find(string reference)
    {
        foreach (var rule in Rules)
        {
            if (rule.Facts.Id.Equals(reference, StringComparison.OrdinalIgnoreCase) || rule.Facts.Slug == reference || rule.Name == reference)
                return rule;
        }

        return null;
    }

    /// <summary>The rules for events of one source, those that others build on first.</summary>
    internal Rule[] For(LogSource source) =>
        [.. Rules.Where(r => r.Correlation is null && Covers(r.Source, source)).OrderBy(r => r.Near?.Depth ?? 0)];

    internal static bool Covers(LogSource rule, LogSource subject) =>
        (rule.Product is null || rule.Product == subject.Product)
        && (rule.Category is null || rule.Category == subject.Category)
        && (rule.Service is null || rule.Service == subject.Service);
}
