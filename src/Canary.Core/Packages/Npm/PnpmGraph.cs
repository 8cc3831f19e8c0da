using Canary.Packages.Json;

namespace Canary.Packages.Npm;

/// <summary>Which place of a pnpm lockfile asks for which.</summary>
internal sealed class PnpmGraph
{
    private readonly Dictionary<string, JsonMap?> _places = new(StringComparer.Ordinal);
    private readonly bool _hasSlashes;

    public PnpmGraph(IEnumerable<JsonMember> places, bool hasSlashes)
    {
        _hasSlashes = hasSlashes;
        foreach (var (_, key, value) in places)
            _places[key] = value as JsonMap;
    }

    /// <summary>What a version means that stands for a name: it may be the place itself, as an alias or an address is.</summary>
    public string PlaceOf(string name, string version)
    {
        if (_places.ContainsKey(version))
            return version;
        string slashed = _hasSlashes ? $"/{name}/{version}" : $"/{name}@{version}";
        return _hasSlashes || _places.ContainsKey(slashed) ? slashed : $"{name}@{version}";
    }

    public HashSet<string> Reached(IEnumerable<string> roots)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>(roots);
        while (pending.TryPop(out string? place))
        {
            if (!reached.Add(place) || !_places.TryGetValue(place, out var package))
                continue;
            foreach (string kind in (string[])["dependencies", "optionalDependencies"])
            {
                foreach (var (_, name, value) in package?.Map(kind)?.Members ?? [])
                {
                    if (value is JsonText version)
                        pending.Push(PlaceOf(name, version.Text));
                }
            }
        }

        return reached;
    }
}
