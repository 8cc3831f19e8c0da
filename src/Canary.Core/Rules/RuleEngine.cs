using System.Numerics;
using Canary.Findings;
using Canary.Rules.Indexing;

namespace Canary.Rules;

/// <summary>
/// Matches subjects against a book of rules and remembers what sequences need. For one thread. An event that matches nothing
/// allocates nothing.
/// </summary>
public sealed class RuleEngine
{
    private readonly List<Rule> _matched = [];
    private readonly IndexScratch _scratch = new();
    private readonly RuleMatching _matching;
    private readonly List<Rule> _holding = [];
    private readonly Dictionary<string, NearMemory> _memories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CorrelationMemory> _correlations = new(StringComparer.Ordinal);
    private Dictionary<Rule, NearMemory[]> _steps = [];
    private Dictionary<Rule, Rule[]> _parts = [];
    private Reading _reading;
    private LogSource _source;
    private Bucket? _bucket;

    public RuleEngine(RuleBook book, TimeProvider? time = null, RuleMatching matching = RuleMatching.Indexed)
    {
        Time = time ?? TimeProvider.System;
        _matching = matching;
        _reading = new Reading([]);
        Book = RuleBook.Empty;
        Use(book);
    }

    public RuleBook Book { get; private set; }

    /// <summary>Events looked at since the start.</summary>
    public long Events { get; private set; }

    /// <summary>What sequences and correlations forgot before its time, for want of room.</summary>
    public long Evicted => _memories.Values.Sum(m => m.Evicted) + _correlations.Values.Sum(m => m.Evicted);

    /// <summary>Events that came to a correlation after their window was over.</summary>
    public long Late => _correlations.Values.Sum(m => m.Late);

    /// <summary>Groups that sequences and correlations remember now.</summary>
    public int Remembered => _memories.Values.Sum(m => m.Groups) + _correlations.Values.Sum(m => m.Groups);

    /// <summary>Events on which index and full scan differed, where both are asked. Anything but 0 is a defect of the index.</summary>
    public long Disagreements { get; private set; }

    internal TimeProvider Time { get; }

    /// <summary>The rules that the last subject matched, building blocks among them.</summary>
    internal IReadOnlyList<Rule> Matched => _matched;

    /// <summary>Takes another book. Sequences that stand in both keep what they remember.</summary>
    public void Use(RuleBook book)
    {
        Book = book;
        _bucket = null;
        _reading = new Reading(book.Fields);
        var sequences = book.Rules.Where(r => r.Near is not null).ToDictionary(r => r.Facts.Id, StringComparer.Ordinal);
        foreach (string id in _memories.Keys.ToArray())
        {
            if (sequences.TryGetValue(id, out var rule) && rule.Near!.SameAs(_memories[id].Near))
                _memories[id].Near = rule.Near;
            else
                _memories.Remove(id);
        }

        foreach (var (id, rule) in sequences)
            _memories.TryAdd(id, new NearMemory(rule.Near!));
        _steps = sequences.Values.SelectMany(s => s.Near!.After.Distinct().Select(step => (step, memory: _memories[s.Facts.Id])))
            .GroupBy(p => p.step).ToDictionary(g => g.Key, g => g.Select(p => p.memory).ToArray());
        var correlations = book.Rules.Where(r => r.Correlation is not null).ToArray();
        foreach (string id in _correlations.Keys.ToArray())
        {
            if (Array.Find(correlations, c => c.Facts.Id == id)?.Correlation is { } same && same.Signature == _correlations[id].Correlation.Signature)
                _correlations[id].Correlation = same;
            else
                _correlations.Remove(id);
        }

        foreach (var rule in correlations)
            _correlations.TryAdd(rule.Facts.Id, new CorrelationMemory(rule.Correlation!));
        _parts = correlations.SelectMany(c => c.Correlation!.Rules.Distinct().Select(part => (part, correlation: c)))
            .GroupBy(p => p.part).ToDictionary(g => g.Key, g => g.Select(p => p.correlation).ToArray());
    }

    /// <summary>Appends a finding for each rule that holds for the subject, sequences included.</summary>
    public void Evaluate(Subject subject, List<Finding> into)
    {
        Events++;
        _matched.Clear();
        var bucket = BucketOf(subject.Source);
        if (bucket.Rules.Length == 0)
            return;
        _reading.Begin(subject);
        Match(bucket);
        foreach (var rule in _holding)
        {
            IReadOnlyList<Subject> evidence = [];
            if (rule.Near is not null)
            {
                if (_memories[rule.Facts.Id].Evidence(subject) is not { } earlier)
                    continue;
                evidence = earlier;
            }

            _matched.Add(rule);
            if (!rule.IsSilent)
                into.Add(FindingOf(rule, subject, evidence));
        }

        // A correlation that holds is a match as well, and joins the end of the list for those built on it.
        for (int i = 0; _parts.Count > 0 && i < _matched.Count; i++)
        {
            if (_parts.TryGetValue(_matched[i], out var correlations))
                Correlate(_matched[i], correlations, subject, into);
        }

        // Only now: what an event matched cannot be what came before it.
        if (_steps.Count == 0)
            return;
        foreach (var rule in _matched)
        {
            if (_steps.TryGetValue(rule, out var memories))
            {
                foreach (var memory in memories)
                    memory.Remember(rule, subject);
            }
        }
    }

    // Events of one source come in a row, and the names of theirs are mostly the same objects.
    private Bucket BucketOf(LogSource source)
    {
        if (_bucket is null || source != _source)
            (_source, _bucket) = (source, Book.For(source));
        return _bucket;
    }

    private void Correlate(Rule part, Rule[] correlations, Subject subject, List<Finding> into)
    {
        foreach (var rule in correlations)
        {
            if (_correlations[rule.Facts.Id].Feed(part, subject, Events) is not { } evidence || _matched.Contains(rule))
                continue;
            _matched.Add(rule);
            if (!rule.IsSilent)
                into.Add(FindingOf(rule, subject, evidence));
        }
    }

    private Finding FindingOf(Rule rule, Subject subject, IReadOnlyList<Subject> evidence)
    {
        var matched = new List<MatchedField>();
        rule.Condition.Collect(_reading, "condition", matched);
        foreach (var field in rule.Correlation?.GroupBy[0] ?? [])
            matched.Add(new MatchedField(field.Name, subject.Get(field).ToString() ?? "", "group-by"));
        string? identity = rule.Identity.Count == 0 ? null : string.Join('\n', rule.Identity.Select(f => subject.Get(f).ToString()));
        return new Finding(rule.Facts, subject, Distinct(matched), evidence) { Identity = identity };
    }

    // Mostly one to three: the sets of the library would cost more than the rest of the finding.
    private static List<MatchedField> Distinct(List<MatchedField> matched)
    {
        for (int i = matched.Count - 1; i > 0; i--)
        {
            if (matched.IndexOf(matched[i]) < i)
                matched.RemoveAt(i);
        }

        return matched;
    }

    /// <summary>Lists the rules whose own detection holds, in the order of the book.</summary>
    private void Match(Bucket bucket)
    {
        _holding.Clear();
        if (_matching != RuleMatching.FullScan)
            MatchIndexed(bucket);
        if (_matching == RuleMatching.Indexed)
            return;
        int indexed = _holding.Count;
        foreach (var rule in bucket.Rules)
        {
            if (rule.Condition.Holds(_reading))
                _holding.Add(rule);
        }

        bool same = _holding.Count == 2 * indexed;
        for (int i = 0; same && i < indexed; i++)
            same = _holding[i] == _holding[indexed + i];
        if (!same && _matching == RuleMatching.Verified)
            Disagreements++;
        _holding.RemoveRange(0, indexed);
    }

    private void MatchIndexed(Bucket bucket)
    {
        var candidates = bucket.Candidates(_reading, _scratch);
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong rules = candidates[word]; rules != 0; rules &= rules - 1)
            {
                int rule = (word << 6) + BitOperations.TrailingZeroCount(rules);
                if (bucket.Holds(rule, _reading, _scratch))
                    _holding.Add(bucket.Rules[rule]);
            }
        }
    }
}
