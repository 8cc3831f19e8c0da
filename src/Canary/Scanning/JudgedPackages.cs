using Canary.Config;
using Canary.Inspection;
using Canary.Names;
using Canary.Packages;
using Canary.Packages.Integrity;

namespace Canary.Scanning;

/// <summary>The packages of a tree as rules see them: with whom their names imitate, and what is wrong with their lines.</summary>
internal static class JudgedPackages
{
    /// <summary>One at a time; what is known of one is forgotten with it.</summary>
    /// <param name="nugetPackages">NuGet's folder of packages; null to compare with none.</param>
    public static IEnumerable<PackageSubject> Of(Inventory inventory, ScanConfig config, string? nugetPackages, DateTimeOffset now)
    {
        var hosts = new RegistryHosts(config.Registries, inventory.Sources);
        var anomalies = new Dictionary<PackageEntry, string[]>(ReferenceEqualityComparer.Instance);
        var changed = nugetPackages is null ? [] : NuGetFolder.Compare(inventory.Packages, nugetPackages, inventory);
        foreach (var anomaly in LockfileIntegrity.Of(inventory, hosts, config.Internal).Concat(changed))
            anomalies[anomaly.Package] = [.. anomalies.GetValueOrDefault(anomaly.Package, []), $"{AnomalyWords.Of(anomaly.Kind)}: {anomaly.Why}"];
        var names = new LikeNames();
        foreach (var package in inventory.Packages)
        {
            var like = names.Find(package);
            yield return new PackageSubject(package, now)
            {
                LooksLike = like?.Target,
                Likeness = like is null ? null : $"{LikenessWords.Of(like.Strength)} {LikenessWords.Of(like.Kind)}: {like.Why}",
                Anomalies = anomalies.GetValueOrDefault(package, []),
            };
        }
    }
}
