using Canary.Findings;

namespace Canary.Rules;

/// <summary>Numbers the fields that the rules of one book ask for.</summary>
internal sealed class FieldSlots
{
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly List<Field> _fields = [];

    public int Of(Field field)
    {
        if (_slots.TryGetValue(field.Name, out int slot))
            return slot;
        _slots[field.Name] = _fields.Count;
        _fields.Add(field);
        return _fields.Count - 1;
    }

    public Field[] ToArray() => [.. _fields];
}
