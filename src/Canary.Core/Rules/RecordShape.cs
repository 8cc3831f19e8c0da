using System.Runtime.CompilerServices;
using Canary.Findings;

namespace Canary.Rules;

/// <summary>The names of a record's fields, in their order. Records of one kind share one shape, so that a record is an array of values.</summary>
public sealed class RecordShape
{
    private readonly Field[] _fields;
    private readonly Dictionary<string, int> _index;

    // Rules ask by the same string objects for every event: those are known without a look at their characters.
    private readonly Dictionary<string, int> _asked = new(SameObject.Comparer);
    private const int MostAsked = 20_000;

    public RecordShape(IReadOnlyList<string> names)
    {
        _fields = [.. names.Select(Field.Named)];
        _index = new Dictionary<string, int>(names.Count, StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++)
            _index.TryAdd(names[i], i);
    }

    public IReadOnlyList<Field> Fields => _fields;

    /// <summary>Where the field stands; -1 where there is none.</summary>
    public int IndexOf(string name)
    {
        if (_asked.TryGetValue(name, out int known))
            return known;
        int at = _index.GetValueOrDefault(name, -1);
        if (_asked.Count < MostAsked)
            _asked.Add(name, at);
        return at;
    }

    private sealed class SameObject : IEqualityComparer<string>
    {
        public static readonly SameObject Comparer = new();

        public bool Equals(string? a, string? b) => ReferenceEquals(a, b);

        public int GetHashCode(string text) => RuntimeHelpers.GetHashCode(text);
    }
}
