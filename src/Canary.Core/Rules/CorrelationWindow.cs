using Canary.Findings;

namespace Canary.Rules;

/// <summary>The matches of one group, in the order of their times, back to one timespan before the newest.</summary>
internal sealed class CorrelationWindow(Correlation correlation)
{
    public const int MostEntries = 10_000;
    private const int MostEvidence = 8;

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, int>? _values = correlation.Type == CorrelationType.ValueCount ? new(StringComparer.Ordinal) : null;
    private readonly Queue<(Subject Subject, long Bytes)> _evidence = new();
    private readonly (Subject? Subject, long Bytes)[] _latest = new (Subject?, long)[correlation.IsTemporal ? correlation.Rules.Length : 0];
    private int _head;
    private bool _holds;
    private DateTimeOffset _firedAt;

    public int Count => _entries.Count - _head;

    /// <summary>Matches dropped while they still counted, for want of room.</summary>
    public long Dropped { get; private set; }

    /// <summary>What the events that it would show take, roughly.</summary>
    public long EvidenceBytes { get; private set; }

    private DateTimeOffset Newest => _entries[^1].Time;

    /// <summary>False for an event so late that its window is over.</summary>
    public bool Add(int rule, Subject subject, string? value, double number)
    {
        if (Count > 0 && Newest - subject.Time > correlation.Timespan)
            return false;
        int at = _entries.Count;
        while (at > _head && _entries[at - 1].Time > subject.Time)
            at--;
        _entries.Insert(at, new Entry(subject.Time, rule, value, number));
        if (_values is not null)
            _values[value!] = _values.GetValueOrDefault(value!) + 1;
        Keep(rule, subject, SubjectSize.Of(subject));
        Prune();
        return true;
    }

    /// <summary>Forgets the events that a finding would show; what is counted stays.</summary>
    public void ForgetEvidence()
    {
        _evidence.Clear();
        Array.Clear(_latest);
        EvidenceBytes = 0;
    }

    private void Keep(int rule, Subject subject, long bytes)
    {
        EvidenceBytes += bytes;
        if (correlation.IsTemporal)
        {
            EvidenceBytes -= _latest[rule].Bytes;
            _latest[rule] = (subject, bytes);
            return;
        }

        _evidence.Enqueue((subject, bytes));
        if (_evidence.Count > MostEvidence)
            EvidenceBytes -= _evidence.Dequeue().Bytes;
    }

    /// <summary>
    /// The earlier subjects, when the condition came to hold just now, or has held for another whole timespan: a flood is one finding,
    /// and one that goes on is told again. Null otherwise.
    /// </summary>
    public Subject[]? Fire(Subject subject)
    {
        bool held = _holds;
        _holds = Holds();
        if (!_holds || (held && (subject.Time - _firedAt).Duration() < correlation.Timespan))
            return null;
        _firedAt = subject.Time;
        return [.. (correlation.IsTemporal ? _latest.Select(e => e.Subject).OfType<Subject>() : _evidence.Select(e => e.Subject))
            .Where(s => !ReferenceEquals(s, subject) && Newest - s.Time <= correlation.Timespan).Distinct().OrderBy(s => s.Time)];
    }

    private bool Holds()
    {
        switch (correlation.Type)
        {
            case CorrelationType.EventCount:
                return correlation.Satisfies(Count);
            case CorrelationType.ValueCount:
                return correlation.Satisfies(_values!.Count);
            case CorrelationType.ValueSum:
                return correlation.Satisfies(Sum());
            case CorrelationType.ValueAvg:
                return correlation.Satisfies(Sum() / Count);
            case CorrelationType.ValuePercentile:
                return correlation.Satisfies(Percentile());
            case CorrelationType.Temporal:
                Span<bool> occurred = stackalloc bool[correlation.Rules.Length];
                for (int i = _head; i < _entries.Count; i++)
                    occurred[_entries[i].Rule] = true;
                return correlation.Satisfies(occurred);
            default:
                int next = 0;
                for (int i = _head; i < _entries.Count && next < correlation.Rules.Length; i++)
                {
                    if (_entries[i].Rule == next)
                        next++;
                }

                return next == correlation.Rules.Length;
        }
    }

    private double Sum()
    {
        double sum = 0;
        for (int i = _head; i < _entries.Count; i++)
            sum += _entries[i].Number;
        return sum;
    }

    // The nearest rank: the smallest value that at least so many per cent of the values do not exceed.
    private double Percentile()
    {
        double[] sorted = [.. _entries.Skip(_head).Select(e => e.Number).Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(correlation.Percentile / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    private void Prune()
    {
        while (Newest - _entries[_head].Time > correlation.Timespan)
            Forget();
        if (Count > MostEntries)
        {
            Forget();
            Dropped++;
        }

        // Now and then, so that a steady stream does not move the whole list at every event.
        if (_head > 256 && _head > _entries.Count / 2)
        {
            _entries.RemoveRange(0, _head);
            _head = 0;
        }
    }

    private void Forget()
    {
        string? value = _entries[_head++].Value;
        if (_values is null)
            return;
        if (--_values[value!] == 0)
            _values.Remove(value!);
    }

    private readonly record struct Entry(DateTimeOffset Time, int Rule, string? Value, double Number);
}
