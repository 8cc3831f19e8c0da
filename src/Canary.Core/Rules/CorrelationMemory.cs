using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Canary.Findings;

namespace Canary.Rules;

/// <summary>The windows of one correlation, by group. The least recently touched makes room.</summary>
internal sealed class CorrelationMemory(Correlation correlation)
{
    public const int MostGroups = 8192;
    private const int MostEntries = 250_000;

    // Events may carry command lines of a hundred thousand characters.
    private const long MostEvidence = 32L << 20;
    private const int LongestValue = 128;

    private readonly Dictionary<string, LinkedListNode<Group>> _groups = new(StringComparer.Ordinal);
    private readonly LinkedList<Group> _byTouch = new();
    private int _entries;
    private long _evidence;
    private long _lastEvent = -1;

    public Correlation Correlation { get; set; } = correlation;

    public int Groups => _groups.Count;

    /// <summary>Groups and matches forgotten before their time, for want of room.</summary>
    public long Evicted { get; private set; }

    /// <summary>Events that came after their window was over.</summary>
    public long Late { get; private set; }

    /// <summary>Takes a match of one of its rules. The earlier subjects, when the correlation holds now; else null.</summary>
    public Subject[]? Feed(Rule rule, Subject subject, long eventNumber)
    {
        // An event that two rules match is still one event to count.
        if (!Correlation.IsTemporal && eventNumber == _lastEvent)
            return null;
        Subject[]? fired = null;
        for (int i = 0; i < Correlation.Rules.Length; i++)
        {
            if (ReferenceEquals(Correlation.Rules[i], rule) && Feed(i, subject) is { } evidence)
                fired = evidence;
        }

        _lastEvent = eventNumber;
        return fired;
    }

    private Subject[]? Feed(int index, Subject subject)
    {
        if (Joined(subject, Correlation.GroupBy[index]) is not { } key)
            return null;
        var fields = Correlation.Values[index];
        string? value = null;
        double number = 0;
        if (Correlation.Type == CorrelationType.ValueCount)
        {
            value = Joined(subject, fields);
            if (value is null)
                return null;
        }
        else if (fields.Length > 0 && !TryNumber(subject.Get(fields[0]), out number))
        {
            return null;
        }

        var window = Touch(key, subject).Window;
        int before = window.Count;
        long dropped = window.Dropped, evidence = window.EvidenceBytes;
        bool inTime = window.Add(index, subject, value, number);
        _entries += window.Count - before;
        _evidence += window.EvidenceBytes - evidence;
        ForgetEvidence();
        Evicted += window.Dropped - dropped;
        if (inTime)
            return window.Fire(subject);
        Late++;
        return null;
    }

    /// <summary>The values with their lengths, so that no two lists of values read the same; null when one is absent.</summary>
    private static string? Joined(Subject subject, Field[] fields)
    {
        var key = new StringBuilder();
        foreach (var field in fields)
        {
            if (subject.Get(field) is not { IsAbsent: false } value)
                return null;
            string text = value.ToString()!;
            if (text.Length > LongestValue)
                key.Append('#').Append(Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()))));
            else
                key.Append(CultureInfo.InvariantCulture, $"{text.Length}:{text}");
        }

        return key.ToString();
    }

    private static bool TryNumber(FieldValue value, out double number)
    {
        number = value.Number;
        return value.Kind == FieldKind.Number
            || (double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number));
    }

    private Group Touch(string key, Subject subject)
    {
        if (_groups.TryGetValue(key, out var node))
        {
            _byTouch.Remove(node);
        }
        else
        {
            MakeRoom(subject);
            node = new LinkedListNode<Group>(new Group(key, new CorrelationWindow(Correlation)));
            _groups[key] = node;
        }

        node.Value.Touched = subject.Time;
        _byTouch.AddLast(node);
        return node.Value;
    }

    private void MakeRoom(Subject subject)
    {
        while (_byTouch.First is { } oldest)
        {
            bool expired = subject.Time - oldest.Value.Touched > Correlation.Timespan;
            if (!expired && _groups.Count < MostGroups && _entries < MostEntries)
                return;
            if (!expired)
                Evicted++;
            _entries -= oldest.Value.Window.Count;
            _evidence -= oldest.Value.Window.EvidenceBytes;
            _groups.Remove(oldest.Value.Key);
            _byTouch.RemoveFirst();
        }
    }

    /// <summary>From the group least recently touched on, down to half, so that it is seldom done.</summary>
    private void ForgetEvidence()
    {
        if (_evidence <= MostEvidence)
            return;
        for (var group = _byTouch.First; group is not null && _evidence > MostEvidence / 2; group = group.Next)
        {
            _evidence -= group.Value.Window.EvidenceBytes;
            group.Value.Window.ForgetEvidence();
        }
    }

    private sealed class Group(string key, CorrelationWindow window)
    {
        public string Key { get; } = key;

        public CorrelationWindow Window { get; } = window;

        public DateTimeOffset Touched { get; set; }
    }
}
