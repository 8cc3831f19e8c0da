using Canary.Findings;
using Canary.Rules;

namespace Canary.Replay;

/// <summary>The fields of the record in hand. Reused from record to record; what a record keeps is an array of values and a shape that others share.</summary>
internal sealed class FieldBag(FieldNames names)
{
    /// <summary>A record with more has not the rest.</summary>
    public const int MostFields = 2048;

    private const int MostShapes = 1024;

    private readonly Dictionary<int, List<(int[] Numbers, RecordShape Shape)>> _shapes = [];
    private int[] _numbers = new int[64];
    private FieldValue[] _values = new FieldValue[64];
    private int _shapesMade;

    // Where the field of a number stands in this record, good while the stamp is the record's.
    private (int Stamp, int At)[] _places = new (int, int)[256];
    private int _stamp;

    public int Count { get; private set; }

    /// <summary>Fields that had no place.</summary>
    public int Left { get; private set; }

    public void Clear()
    {
        Array.Clear(_values, 0, Count);
        (Count, Left) = (0, 0);
        _stamp++;
    }

    public FieldValue this[int number] => At(number) is >= 0 and int at ? _values[at] : default;

    /// <summary>Of two values under one name the first stays, unless the second takes precedence.</summary>
    public void Add(int number, in FieldValue value, bool replace = false)
    {
        int at = At(number);
        if (at < 0)
        {
            if (Count == MostFields)
            {
                Left++;
                return;
            }

            if (Count == _numbers.Length)
            {
                Array.Resize(ref _numbers, 2 * Count);
                Array.Resize(ref _values, 2 * Count);
            }

            if (number >= _places.Length)
                Array.Resize(ref _places, Math.Max(number + 1, 2 * _places.Length));
            (_numbers[Count], _values[Count]) = (number, value);
            _places[number] = (_stamp, Count++);
        }
        else if (replace)
        {
            _values[at] = value;
        }
    }

    public RecordSubject ToSubject(LogSource source, DateTimeOffset time, string? session) =>
        new(source, Shape(), _values.AsSpan(0, Count).ToArray(), time, session);

    private int At(int number) => number < _places.Length && _places[number].Stamp == _stamp ? _places[number].At : -1;

    private RecordShape Shape()
    {
        var numbers = _numbers.AsSpan(0, Count);
        int key = Count;
        foreach (int number in numbers)
            key = (31 * key) + number;
        if (!_shapes.TryGetValue(key, out var alike))
            _shapes[key] = alike = [];
        foreach (var (same, known) in alike)
        {
            if (numbers.SequenceEqual(same))
                return known;
        }

        if (++_shapesMade > MostShapes)
        {
            _shapes.Clear();
            _shapes[key] = alike = [];
            _shapesMade = 1;
        }

        var shape = new RecordShape([.. _numbers.Take(Count).Select(n => names[n])]);
        alike.Add((numbers.ToArray(), shape));
        return shape;
    }
}
