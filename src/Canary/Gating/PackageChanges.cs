namespace Canary.Gating;

/// <summary>How the packages of a tree differ from those of its base.</summary>
/// <param name="Added">Names that the base has in no version, with the versions they have now.</param>
/// <param name="Removed">Names that only the base has.</param>
/// <param name="Changed">Names in both, in other versions.</param>
internal sealed record PackageChanges(IReadOnlyList<PackageChange> Added, IReadOnlyList<PackageChange> Removed, IReadOnlyList<PackageChange> Changed)
{
    public IEnumerable<(string Word, PackageChange Change)> All =>
        Added.Select(c => ("added", c)).Concat(Removed.Select(c => ("removed", c))).Concat(Changed.Select(c => ("changed", c)));

    public static PackageChanges Between(IEnumerable<string> before, IEnumerable<string> after)
    {
        var old = ByName(before);
        var now = ByName(after);
        return new PackageChanges(
            [.. from n in now where !old.ContainsKey(n.Key) select new PackageChange(n.Key, [], [.. n.Value])],
            [.. from o in old where !now.ContainsKey(o.Key) select new PackageChange(o.Key, [.. o.Value], [])],
            [.. from n in now where old.TryGetValue(n.Key, out var was) && !was.SetEquals(n.Value) select new PackageChange(n.Key, [.. old[n.Key].Except(n.Value)], [.. n.Value.Except(old[n.Key])])]);
    }

    private static SortedDictionary<string, SortedSet<string>> ByName(IEnumerable<string> purls)
    {
        var names = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (string purl in purls)
        {
            // In a purl the sign stands before the version alone; elsewhere it is encoded.
            int at = purl.IndexOf('@', StringComparison.Ordinal);
            string name = at < 0 ? purl : purl[..at];
            if (!names.TryGetValue(name, out var versions))
                names[name] = versions = new SortedSet<string>(StringComparer.Ordinal);
            if (at >= 0)
                versions.Add(Uri.UnescapeDataString(purl[(at + 1)..]));
        }

        return names;
    }
}

/// <param name="Package">A purl without version.</param>
/// <param name="Was">The versions that are gone.</param>
/// <param name="Is">The versions that are new.</param>
internal sealed record PackageChange(string Package, IReadOnlyList<string> Was, IReadOnlyList<string> Is);
