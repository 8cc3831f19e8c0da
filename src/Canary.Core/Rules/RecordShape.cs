using Canary.Findings;

namespace Canary.Rules;

/// <summary>The names of a record's fields, in their order. Records of one kind share one shape, so that a record is an array of values.</summary>
public sealed class RecordShape
{
    private readonly Field[] _fields;
    private readonly Dictionary<Field, int> _index;

    public RecordShape(IReadOnlyList<string> names)
    {
        _fields = [.. names.Select(Field.Named)];
        _index = new Dictionary<Field, int>(names.Count);
        for (int i = 0; i < names.Count; i++)
            _index.TryAdd(_fields[i], i);
    }

    public IReadOnlyList<Field> Fields => _fields;

    /// <summary>Where the field stands; -1 where there is none.</summary>
    public int IndexOf(Field field) => _index.GetValueOrDefault(field, -1);
}
