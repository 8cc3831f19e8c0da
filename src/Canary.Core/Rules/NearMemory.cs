using Canary.Findings;

namespace Canary.Rules;

/// <summary>
/// What one <c>near</c> rule remembers of each group: for an ordered sequence the latest-starting chain that reached each step, else
/// the latest match of each step. More would never change an answer. The least recently touched group makes room for a new one.
/// </summary>
internal sealed class NearMemory(Near near)
{
    public const int MostGroups = 2048;

    /// <summary>Bytes that all remembered events may take together.</summary>
    public const long MostBytes = 32L << 20;

    private readonly Dictionary<string, LinkedListNode<Group>> _groups = new(StringComparer.Ordinal);
    private readonly LinkedList<Group> _byTouch = new();
    private long _bytes;

    public Near Near { get; set; } = near;

    public int Groups => _groups.Count;

    /// <summary>Groups forgotten before their time, for want of room.</summary>
    public long Evicted { get; private set; }

    /// <summary>The earlier subjects, oldest first, when the sequence stands complete before <paramref name="subject"/>; else null.</summary>
    public Subject[]? Evidence(Subject subject)
    {
        if (Key(subject) is not { } key || !_groups.TryGetValue(key, out var node))
            return null;
        var reached = node.Value.Reached;
        if (Near.Ordered)
            return reached[^1] is { } chain && IsNear(chain[0], subject) ? chain : null;
        foreach (var step in reached)
        {
            if (step is null || !IsNear(step[0], subject))
                return null;
        }

        return [.. reached.Select(step => step![0]).Distinct().OrderBy(s => s.Time)];
    }

    public void Remember(Rule rule, Subject subject)
    {
        if (Key(subject) is not { } key)
            return;
        LinkedListNode<Group>? node = null;
        // Backwards, so that one event does not take two steps of an ordered sequence.
        for (int i = Near.After.Length - 1; i >= 0; i--)
        {
            if (!ReferenceEquals(Near.After[i], rule))
                continue;
            if (!Near.Ordered || i == 0)
            {
                node ??= Touch(key, subject);
                node.Value.Reached[i] = [subject];
            }
            else if (_groups.TryGetValue(key, out var known) && known.Value.Reached[i - 1] is { } before && IsNear(before[0], subject))
            {
                node ??= Touch(key, subject);
                node.Value.Reached[i] = [.. before, subject];
            }
        }

        if (node is not null)
            Weigh(node.Value);
    }

    private void Weigh(Group group)
    {
        long bytes = group.Reached.OfType<Subject[]>().SelectMany(chain => chain).Distinct().Sum(SubjectSize.Of);
        _bytes += bytes - group.Bytes;
        group.Bytes = bytes;
        while (_bytes > MostBytes && _byTouch.First is { } oldest && oldest.Value != group)
        {
            Evicted++;
            Forget(oldest.Value);
        }
    }

    private string? Key(Subject subject) => Near.InSession ? subject.Agent?.Session : subject.Group;

    // The wall clock may be set back between two events; the order of arrival decides what was earlier.
    private bool IsNear(Subject earlier, Subject later) => (later.Time - earlier.Time).Duration() <= Near.Within;

    private LinkedListNode<Group> Touch(string key, Subject subject)
    {
        if (_groups.TryGetValue(key, out var node))
        {
            _byTouch.Remove(node);
        }
        else
        {
            MakeRoom(subject);
            node = new LinkedListNode<Group>(new Group(key, new Subject[]?[Near.After.Length]));
            _groups[key] = node;
        }

        node.Value.Touched = subject.Time;
        _byTouch.AddLast(node);
        return node;
    }

    private void MakeRoom(Subject subject)
    {
        while (_byTouch.First is { } oldest)
        {
            bool expired = subject.Time - oldest.Value.Touched > Near.Within;
            if (!expired && _groups.Count < MostGroups)
                return;
            if (!expired)
                Evicted++;
            Forget(oldest.Value);
        }
    }

    private void Forget(Group oldest)
    {
        _bytes -= oldest.Bytes;
        _groups.Remove(oldest.Key);
        _byTouch.RemoveFirst();
    }

    private sealed class Group(string key, Subject[]?[] reached)
    {
        public string Key { get; } = key;

        public Subject[]?[] Reached { get; } = reached;

        public DateTimeOffset Touched { get; set; }

        public long Bytes { get; set; }
    }
}
