using System.Collections.Concurrent;
using Canary.Findings;
using Canary.Rules.Indexing;

namespace Canary.Rules;

/// <summary>Every rule that was loaded. Immutable: a reload makes a new one and swaps it whole.</summary>
public sealed class RuleBook
{
    public static readonly RuleBook Empty = new([], []);

    // Sources come from sensors and from replayed logs; the latter may be hostile.
    private const int MostBuckets = 512;

    private readonly ConcurrentDictionary<LogSource, Bucket> _buckets = new();

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

    /// <summary>Whether some rule joins several subjects of a source, so that one engine has to see them all in their order.</summary>
    public bool Joins(LogSource source) => Rules.Any(r =>
        (r.Near is { } near && (Covers(r.Source, source) || near.After.Any(step => Covers(step.Source, source))))
        || (r.Correlation is { } correlation && correlation.Rules.Any(part => part.Correlation is not null || Covers(part.Source, source))));

    /// <summary>Makes now the indexes for the events of a product, so that its first event need not wait for one.</summary>
    public void Prepare(string product)
    {
        foreach (string category in Rules.Where(r => r.Source.Product == product).Select(r => r.Source.Category).OfType<string>().Distinct())
            For(new LogSource(product, category));
    }

    /// <summary>Makes now the index for the subjects of one source, of which thousands come and not millions.</summary>
    public void PrepareForFew(LogSource source) => For(source, sampled: false);

    /// <summary>Makes now the indexes that another book has had use for.</summary>
    public void Prepare(RuleBook like)
    {
        foreach (var source in like._buckets.Keys)
            For(source);
    }

    /// <summary>The rules for events of one source, with their index; made when it is first asked for.</summary>
    internal Bucket For(LogSource source, bool sampled = true)
    {
        if (_buckets.TryGetValue(source, out var bucket))
            return bucket;
        if (_buckets.Count >= MostBuckets)
            _buckets.Clear();
        return _buckets.GetOrAdd(source, s => new Bucket([.. Rules.Where(r => r.Correlation is null && Covers(r.Source, s))], Fields, sampled));
    }

    internal static bool Covers(LogSource rule, LogSource subject) =>
        (rule.Product is null || rule.Product == subject.Product)
        && Covers(rule.Category, subject.Category)
        && Covers(rule.Service, subject.Service);

    private static bool Covers(string? rule, string? subject) =>
        rule is null || rule == subject || (subject is not null && WiderSources.Takes(rule, subject));
}
