using Canary.Advisories.Versions;
using Canary.Config;
using Canary.Packages;
using Canary.Scanning;
using Canary.Text;

namespace Canary.Gating;

/// <summary>A waiver, made ready to be held against findings.</summary>
/// <param name="file">The canary.yml it stands in, as reports name it.</param>
internal sealed class ScopedWaiver(Waiver waiver, PolicyScope scope, string file)
{
    private readonly (string Ecosystem, string Purl)? _purl = waiver.Package is { } package ? Purl.NameOf(package) : null;
    private readonly VersionRange? _versions = waiver.Versions is { } text ? VersionRange.Parse(text, null, out _) : null;
    private readonly PathGlob? _file = waiver.File is { } glob ? new PathGlob(glob) : null;

    public Waiver Waiver { get; } = waiver;

    public PolicyScope Scope { get; } = scope;

    public string File { get; } = file;

    /// <summary>Matched something.</summary>
    public bool IsUsed { get; private set; }

    public Waiving Waiving => new(Waiver.Owner, Waiver.Reason, Waiver.Expires, $"{File}:{Waiver.At.Line}");

    /// <param name="places">Every entry of the finding's package in the finding's file.</param>
    public bool Covers(ScanFinding finding, IReadOnlyList<PackageEntry> places)
    {
        if ((Waiver.Rule != finding.Rule.Id && Waiver.Rule != finding.Rule.Slug) || Scope.PathOf(finding.File) is not { } path || _file?.Matches(path) == false)
            return false;
        if (Waiver.Package is not null && (places.Count == 0 || !places.All(IsMeant)))
            return false;
        return IsUsed = true;
    }

    private bool IsMeant(PackageEntry entry)
    {
        bool named = _purl is { } purl ? Purl.Of(entry.Ecosystem, entry.Name, null) == purl.Purl : entry.Name == Waiver.Package;
        return named && _versions is not null
            && (Waiver.Versions == "*" || (entry.Version is { } version && _versions.Contains(entry.Ecosystem, version)))
            && (Waiver.Registry is not { } host || (Uri.TryCreate(entry.Resolved, UriKind.Absolute, out var from) && from.Host.Equals(host, StringComparison.OrdinalIgnoreCase)));
    }
}
