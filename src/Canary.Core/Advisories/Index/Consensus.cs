using Canary.Advisories.Sources;
using Canary.Advisories.Versions;

namespace Canary.Advisories.Index;

/// <summary>Puts together what several sources say of the same version of the same package, whatever order they are read in.</summary>
internal static class Consensus
{
    public static List<IndexPackage> Of(Statements statements)
    {
        var packages = new Dictionary<(string, string), List<AdvisoryStatement>>();
        foreach (var statement in statements.Packages.Where(s => s.Id is null || !statements.Withdrawn.Contains(s.Id)))
        {
            var key = (statement.Ecosystem, PackageNames.Normalised(statement.Ecosystem, statement.Name));
            if (!packages.TryGetValue(key, out var about))
                packages[key] = about = [];
            about.Add(statement);
        }

        return [.. packages.Select(p => new IndexPackage(p.Key.Item1, p.Key.Item2, Entries(p.Value)))
            .OrderBy(p => p.Hash).ThenBy(p => p.Ecosystem, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal)];
    }

    private static List<IndexEntry> Entries(List<AdvisoryStatement> about)
    {
        // The surest come first, so that the vague ones find what they belong to.
        about.Sort((a, b) => Rank(a).CompareTo(Rank(b)) is not 0 and int order ? order : string.CompareOrdinal(Text(a), Text(b)));
        var claims = new SortedDictionary<Extent, List<Claim>>();
        foreach (var statement in about)
        {
            foreach (var extent in Extents(statement))
            {
                if (!claims.TryGetValue(extent, out var same))
                    claims[extent] = same = [];
                if (same.Find(c => c.Agrees(statement)) is { } claim)
                    claim.Join(statement);
                else
                    same.Add(new Claim(statement));
            }
        }

        return [.. claims.SelectMany(c => c.Value.Select(claim => (Extent: c.Key, Claim: claim))).GroupBy(c => c.Claim.Text, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.First().Claim.Entry(
                g.Any(c => c.Extent.IsEvery),
                [.. g.Where(c => c.Extent.Version is not null).Select(c => c.Extent.Version!)],
                [.. g.Where(c => c.Extent.Range is not null).Select(c => c.Extent.Range!)]))];
    }

    private static IEnumerable<Extent> Extents(AdvisoryStatement statement)
    {
        if (statement.EveryVersion)
            yield return new Extent(null, null);
        foreach (string version in statement.Versions)
            yield return new Extent(VersionOrders.Canonical(statement.Ecosystem, version), null);
        foreach (var range in statement.Ranges)
            yield return new Extent(null, range);
    }

    private static int Rank(AdvisoryStatement s) => (Claim.IsProvisional(s.Id) ? 2 : 0) + (s.Campaign is null || s.CampaignIsPresumed ? 1 : 0);

    private static string Text(AdvisoryStatement s) => $"{s.Id}\n{s.Campaign}\n{string.Join(',', s.Sources)}";

    /// <summary>One version, one range, or neither: every version.</summary>
    private sealed record Extent(string? Version, VersionRange? Range) : IComparable<Extent>
    {
        public bool IsEvery => Version is null && Range is null;

        public int CompareTo(Extent? other) => string.CompareOrdinal(Text, other?.Text);

        private string Text => IsEvery ? "" : Version is not null ? "=" + Version : $"[{Range!.Introduced}\n{Range.Fixed}\n{Range.LastAffected}";
    }

    private sealed class Claim(AdvisoryStatement first)
    {
        private readonly SortedSet<string> _voices = new(first.Sources, StringComparer.Ordinal);
        private readonly SortedSet<string> _aliases = new(first.Aliases, StringComparer.Ordinal);
        private string? _id = first.Id;
        private string? _campaign = first.Campaign;
        private bool _presumed = first.CampaignIsPresumed;

        /// <summary>malicious-packages files a record under this before it has a number: the same facts come again under a real one.</summary>
        public static bool IsProvisional(string? id) => id is null || id.StartsWith("MAL-0000-", StringComparison.Ordinal);

        public string Text => string.Join('\n', [_id, _campaign, .. _voices, "", .. _aliases]);

        public bool Agrees(AdvisoryStatement other) =>
            (IsProvisional(_id) || IsProvisional(other.Id) || _id == other.Id || _aliases.Contains(other.Id!) || other.Aliases.Contains(_id!))
            && (_campaign is null || other.Campaign is null || _presumed || other.CampaignIsPresumed || _campaign == other.Campaign);

        public void Join(AdvisoryStatement other)
        {
            _voices.UnionWith(other.Sources);
            _aliases.UnionWith(other.Aliases);
            if (IsProvisional(_id) && other.Id is not null)
                _id = other.Id;
            else if (other.Id is not null && !IsProvisional(other.Id) && other.Id != _id)
                _aliases.Add(other.Id);
            _aliases.Remove(_id ?? "");
            if (_campaign is null || (_presumed && other.Campaign is not null && !other.CampaignIsPresumed))
                (_campaign, _presumed) = (other.Campaign, other.CampaignIsPresumed);
        }

        public IndexEntry Entry(bool every, IReadOnlyList<string> versions, IReadOnlyList<VersionRange> ranges) =>
            new(_id, [.. _aliases], _campaign, [.. _voices], every, versions, ranges);
    }
}
