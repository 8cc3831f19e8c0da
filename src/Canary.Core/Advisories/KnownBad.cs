using Canary.Packages;

namespace Canary.Advisories;

/// <summary>All that this Canary knows against packages: the built-in index, and an installed or named one beside it. For several threads.</summary>
public sealed class KnownBad(IReadOnlyList<AdvisoryIndex> indexes) : IDisposable
{
    /// <summary>Age is no fault of an index, but from here on it is a finding.</summary>
    public static readonly TimeSpan OldAfter = TimeSpan.FromDays(30);

    public IReadOnlyList<AdvisoryIndex> Indexes { get; } = indexes;

    /// <summary>When the newest of them was built.</summary>
    public DateTimeOffset Built => Indexes.Max(i => i.Built);

    /// <summary>The built-in index and, where there is one, the installed. Throws <see cref="InvalidIndexException"/> for an installed one that is not to be believed.</summary>
    /// <param name="state">The directory of state.</param>
    public static KnownBad Open(string state, IReadOnlyList<(string Place, string Pem)> keys)
    {
        var installed = new InstalledIndex(state);
        return new KnownBad(installed.Exists ? [installed.Open(keys), AdvisoryIndex.BuiltIn()] : [AdvisoryIndex.BuiltIn()]);
    }

    /// <summary>What is known against the package; where two indexes say the same, once.</summary>
    public IReadOnlyList<Advisory> Find(PackageEntry entry)
    {
        IReadOnlyList<Advisory> found = [];
        foreach (var index in Indexes)
        {
            var more = index.Find(entry);
            if (more.Count > 0)
                found = found.Count == 0 ? more : [.. found, .. more.Where(m => !found.Any(f => f.Id == m.Id && f.Campaign == m.Campaign))];
        }

        return found;
    }

    /// <inheritdoc cref="AdvisoryIndex.FindPayload"/>
    public KnownPayload? FindPayload(ReadOnlySpan<byte> sha256)
    {
        foreach (var index in Indexes)
        {
            if (index.FindPayload(sha256) is { } payload)
                return payload;
        }

        return null;
    }

    public TimeSpan Age(TimeProvider time) => time.GetUtcNow() - Built;

    public void Dispose()
    {
        foreach (var index in Indexes)
            index.Dispose();
    }
}
