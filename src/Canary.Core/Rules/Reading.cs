using Canary.Findings;

namespace Canary.Rules;

/// <summary>
/// The event under test, read once: a field that forty rules ask for is taken from the subject a single time. Reused from event to
/// event, so that an event costs no memory.
/// </summary>
internal sealed class Reading(Field[] fields, LinearExpressions? linear = null)
{
    private readonly FieldValue[] _values = new FieldValue[fields.Length];
    private readonly long[] _stamps = new long[fields.Length];
    private readonly List<KeyValuePair<Field, FieldValue>> _present = [];
    private readonly AncestorSubject _ancestor = new();
    private long _stamp;
    private long _presentStamp;
    private Reading? _ancestorReading;
    private Subject? _subject;

    public Subject Subject => _subject!;

    /// <summary>For as long as the engine holds this book.</summary>
    public LinearExpressions Linear { get; } = linear ?? new();

    public void Begin(Subject subject)
    {
        _subject = subject;
        _stamp++;
    }

    public ref readonly FieldValue this[int slot]
    {
        get
        {
            if (_stamps[slot] != _stamp)
            {
                _values[slot] = _subject!.Get(fields[slot]);
                _stamps[slot] = _stamp;
            }

            return ref _values[slot];
        }
    }

    /// <summary>Every field with a value: for keywords, which search them all.</summary>
    public List<KeyValuePair<Field, FieldValue>> Present
    {
        get
        {
            if (_presentStamp == _stamp)
                return _present;
            _present.Clear();
            var names = _subject!.Names;
            for (int i = 0; i < names.Count; i++)
            {
                var value = _subject.Get(names[i]);
                if (!value.IsAbsent)
                    _present.Add(new(names[i], value));
            }

            _presentStamp = _stamp;
            return _present;
        }
    }

    /// <summary>A reading of one process of the subject's chain, valid until the next call.</summary>
    public Reading OfAncestor(ProcessFacts ancestor)
    {
        _ancestorReading ??= new Reading(fields, Linear);
        _ancestor.Process = ancestor;
        _ancestorReading.Begin(_ancestor);
        return _ancestorReading;
    }
}
