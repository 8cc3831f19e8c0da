using System.Diagnostics.CodeAnalysis;

namespace Canary.Sensors.Etw;

/// <summary>
/// A bounded map that forgets what was long not asked for: two generations of at most half the bound each. When the young one is
/// full, the old one goes. No per-entry cost beyond the dictionary's.
/// </summary>
internal sealed class RecentMap<TKey, TValue>(int most, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly int _half = Math.Max(1, most / 2);
    private Dictionary<TKey, TValue> _young = new(comparer), _old = new(comparer);

    public int Count => _young.Count + _old.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_young.TryGetValue(key, out value))
            return true;
        if (!_old.Remove(key, out value))
            return false;
        Put(key, value);
        return true;
    }

    public void Set(TKey key, TValue value)
    {
        _old.Remove(key);
        Put(key, value);
    }

    public bool Remove(TKey key) => _young.Remove(key) | _old.Remove(key);

    /// <summary>The values, oldest generation first.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> All => _old.Concat(_young);

    private void Put(TKey key, TValue value)
    {
        if (_young.Count >= _half && !_young.ContainsKey(key))
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        _young[key] = value;
    }
}
