using System.Runtime.InteropServices;

namespace Canary.Models.Pickles;

/// <summary>Stack, marks and memo of the machine, with the rules of CPython's own: nothing is taken from below a mark.</summary>
internal sealed class PickleState
{
    public const int MostStack = 1_000_000;
    public const int MostMarks = 100_000;
    public const int MostMemo = 4_000_000;

    private readonly List<PickleValue> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, PickleValue> _memo = [];
    private readonly PickleState? _below;
    private int _memoized;

    public PickleState()
    {
    }

    private PickleState(PickleState below)
    {
        _below = below;
        _stack = [.. below._stack];
        _marks = [.. below._marks];
        _memoized = below._memoized;
    }

    public int Count => _stack.Count;

    /// <summary>Nothing is left, as when a pickler has written the stream.</summary>
    public bool IsEmpty => _stack.Count == 0 && _marks.Count == 0;

    private int Fence => _marks.Count > 0 ? _marks[^1] : 0;

    /// <summary>A state that begins as this one and leaves it as it is. This one must rest for as long.</summary>
    public PickleState Fork() => new(this);

    public void Push(PickleValue value)
    {
        if (_stack.Count >= MostStack)
            throw Fault("pickle-limit", $"the stack holds more than {MostStack:N0} values");
        _stack.Add(value);
    }

    public PickleValue Pop()
    {
        Need(1);
        var top = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    public PickleValue Top()
    {
        Need(1);
        return _stack[^1];
    }

    public void Replace(PickleValue value) => _stack[^1] = value;

    /// <summary>The value under so many others.</summary>
    public PickleValue Under(int values)
    {
        Need(values + 1);
        return _stack[^(values + 1)];
    }

    /// <summary>The topmost values, in the order they were pushed; <see cref="Drop"/> takes them off.</summary>
    public ReadOnlySpan<PickleValue> Last(int count)
    {
        Need(count);
        return CollectionsMarshal.AsSpan(_stack)[^count..];
    }

    public void Drop(int count) => _stack.RemoveRange(_stack.Count - count, count);

    public void Mark()
    {
        if (_marks.Count >= MostMarks)
            throw Fault("pickle-limit", $"more than {MostMarks:N0} marks lie on the stack");
        _marks.Add(_stack.Count);
    }

    /// <summary>Takes the last mark off.</summary>
    /// <returns>How many values lie above it.</returns>
    public int Unmark()
    {
        if (_marks.Count == 0)
            throw Fault("pickle-broken", "a mark is missing on the stack");
        int count = _stack.Count - _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return count;
    }

    /// <summary>The POP instruction: it takes a mark where that is what lies on top.</summary>
    public void PopOrUnmark()
    {
        if (_marks.Count > 0 && _marks[^1] == _stack.Count)
            _marks.RemoveAt(_marks.Count - 1);
        else
            Pop();
    }

    public void Put(long key)
    {
        var value = Top();
        bool known = Get(key) is not null;
        if (!known && ++_memoized > MostMemo)
            throw Fault("pickle-limit", $"the memo holds more than {MostMemo:N0} values");
        _memo[key] = value;
    }

    /// <summary>Under the number of values that the memo has so far.</summary>
    public void Memoize() => Put(_memoized);

    public PickleValue? Get(long key) => _memo.TryGetValue(key, out var value) ? value : _below?.Get(key);

    private void Need(int count)
    {
        if (_stack.Count - Fence < count)
            throw Fault("pickle-broken", "an instruction takes more from the stack than there is");
    }

    // The machine knows where.
    private static BrokenPickle Fault(string code, string why) => new(code, why, -1);
}
