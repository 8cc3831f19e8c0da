using Canary.Config;
using Canary.Inspection;
using Canary.Names;
using Canary.Packages;
using Canary.Packages.Integrity;

namespace Canary.Scanning;

/// <summary>The packages of a tree as rules see them: with whom their names imitate, and what is wrong with their lines. For several threads.</summary>
internal sealed class JudgedPackages
{
    private readonly IReadOnlyList<PackageEntry> _packages;
    private readonly Dictionary<PackageEntry, string[]> _anomalies = new(ReferenceEqualityComparer.Instance);
    private readonly LikeNames _names = new();
    private readonly DateTimeOffset _now;

    /// <param name="nugetPackages">NuGet's folder of packages; null to compare with none.</param>
    public JudgedPackages(Inventory inventory, ScanConfig config, string? nugetPackages, DateTimeOffset now)
    {
        (_packages, _now) = (inventory.Packages, now);
        var hosts = new RegistryHosts(config.Registries, inventory.Sources);
        var changed = nugetPackages is null ? [] : NuGetFolder.Compare(inventory.Packages, nugetPackages, inventory);
        foreach (var anomaly in LockfileIntegrity.Of(inventory, hosts, config.Internal).Concat(changed))
            _anomalies[anomaly.Package] = [.. _anomalies.GetValueOrDefault(anomaly.Package, []), $"{AnomalyWords.Of(anomaly.Kind)}: {anomaly.Why}"];
    }

    public int Count => _packages.Count;

    /// <summary>Made when it is asked for: what is known of one is forgotten with it.</summary>
    public PackageSubject At(int index)
    {
        var package = _packages[index];
        var like = _names.Find(package);
        return new PackageSubject(package, _now)
        {
            LooksLike = like?.Target,
            Likeness = like is null ? null : $"{LikenessWords.Of(like.Strength)} {LikenessWords.Of(like.Kind)}: {like.Why}",
            Anomalies = _anomalies.GetValueOrDefault(package, []),
        };
    }
}
