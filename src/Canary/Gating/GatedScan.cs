using System.Diagnostics;
using Canary.Advisories;
using Canary.Config;
using Canary.Findings;
using Canary.ModelFiles;
using Canary.Packages;
using Canary.Scanning;
using Canary.Yaml;

namespace Canary.Gating;

/// <summary>What a scan is asked for.</summary>
/// <param name="Path">A directory, or one file.</param>
/// <param name="Base">A reference of git; null for no comparison with one.</param>
/// <param name="Baseline">A file that an earlier scan wrote; null for none.</param>
/// <param name="FailOn">What the caller says; null for what canary.yml does.</param>
internal sealed record ScanRequest(string Path, ConfigLocation Location, string? Base, string? Baseline, Level? FailOn, ScanContents Contents);

/// <summary>What registries say of the packages of a tree. The first call of a run asks; a second one, for the base, has the same answers.</summary>
/// <param name="root">Of the scan.</param>
/// <param name="policyRoot">Where the settings lie that hold: a change cannot make what it brings old enough.</param>
internal delegate IEnumerable<ScanFinding> RegistryQuestion(Inventory found, string root, string policyRoot, ScanConfig config, CancellationToken cancel);

/// <summary>One scan with the settings, waivers and excludes of canary.yml, held against what was known before.</summary>
/// <param name="rules">The rules that a configuration asks for; a fault that nothing may run with goes to the diagnostics.</param>
/// <param name="registries">What registries say of the packages.</param>
internal sealed class GatedScan(Func<KnownBad> known, Func<CanaryConfig, Diagnostics, ScanRules> rules, RegistryQuestion registries, TimeProvider time)
{
    /// <summary>NuGet's folder of packages, to compare lockfiles with; null for none.</summary>
    public string? NuGetPackages { get; init; }

    /// <summary>Hold the models against the lock that canary.yml names, too.</summary>
    public bool WithModels { get; init; }

    /// <summary>Null where the configuration has faults: they are in <paramref name="diagnostics"/>. Throws <see cref="GateException"/>.</summary>
    public ScanReport? Run(ScanRequest request, Diagnostics diagnostics, CancellationToken cancel)
    {
        long began = Stopwatch.GetTimestamp();
        using var before = request.Base is { } reference ? BaseTree.Open(request.Path, reference, request.Contents == ScanContents.Unpacked, cancel) : null;
        var config = before is null ? CanaryConfig.Load(request.Location, diagnostics) : before.Load(request.Location, diagnostics);
        var book = rules(config, diagnostics);
        if (diagnostics.Count > 0)
            return null;
        string root = Path.GetFullPath(request.Path);
        var report = One(root, config, book, request.Contents, before is null ? Directory(root) : PathIn(before, root), cancel);
        if (WithModels)
        {
            var models = LockedModels.Findings(config.Models, report.Directory, cancel, out bool lacksLock);
            report = report with { Findings = [.. report.Findings, .. models], LacksLock = lacksLock };
        }

        string policyRoot = before is null ? report.Directory : PathIn(before, root);
        var waivers = new WaiverBook(config, policyRoot, time);
        IEnumerable<string> policies = report.Inventory.Policies;
        var earlier = request.Baseline is { } file ? Baseline.Read(file) : null;
        if (before is null)
        {
            waivers.AddTree(report.Directory, report.Inventory, diagnostics);
        }
        else
        {
            // The same scan, of the base: whatever it finds there is not of this change.
            var old = One(before.At(root)!, config, book, request.Contents, PathIn(before, root), cancel);
            earlier = Baseline.Of(before.Name, old);
            waivers.AddTree(policyRoot, old.Inventory, diagnostics);
            policies = policies.Union(old.Inventory.Policies);
        }

        waivers.Check(diagnostics);
        if (diagnostics.Count > 0)
            return null;
        IEnumerable<ScanFinding> findings = report.Findings;
        if (earlier is not null)
            findings = findings.Select(f => Baseline.KeyOf(f, report.Directory) is { } key && earlier.Keys.Contains(key) ? f with { Existing = true } : f);
        findings = waivers.Judge([.. findings], report.Inventory);
        if (before is not null)
            findings = findings.Concat(PolicyEdits.Of(before, request.Location, report, policies));
        return report with
        {
            Findings = ScanReport.Sorted(findings),
            FailOn = request.FailOn ?? config.Scan.FailOn,
            Comparison = earlier is null ? null : Compared(earlier, report),
            Notes = [.. Notes(config, waivers, before)],
            Seconds = Stopwatch.GetElapsedTime(began).TotalSeconds,
        };
    }

    /// <param name="policyRoot">The directory of <paramref name="root"/>, as the canary.yml in force sees it.</param>
    private ScanReport One(string root, CanaryConfig config, ScanRules book, ScanContents contents, string policyRoot, CancellationToken cancel)
    {
        var exclude = new Exclusions(config.Scan.Exclude, PolicyScope.Of(config.Source, policyRoot).Above);
        return Path.Exists(root) ? Scan.Of(root, known, book, config.Scan, contents, exclude, found => registries(found, root, policyRoot, config.Scan, cancel), time, cancel, NuGetPackages) : new ScanReport(root, new Inventory(), []);
    }

    private static ScanComparison Compared(Baseline earlier, ScanReport report)
    {
        var keys = report.Findings.Select(f => Baseline.KeyOf(f, report.Directory)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return new ScanComparison(earlier.Name, earlier.Keys.Count(k => !keys.Contains(k)), PackageChanges.Between(earlier.Packages, report.Inventory.Packages.Select(p => p.Purl)));
    }

    private static IEnumerable<string> Notes(CanaryConfig config, WaiverBook waivers, BaseTree? before)
    {
        foreach (string passed in config.PassedOver)
            yield return passed;
        if (waivers.NotFollowed > 0)
            yield return $"{waivers.NotFollowed} canary.yml of this tree have waivers, which are not followed: "
                + (waivers.Policy.IsOfTree ? "they lie in repositories within the tree" : $"the settings in force are {config.Source ?? "built in"}, not the tree's own");
        if (waivers.Followed.Count > 0)
            yield return "waivers are also taken from " + string.Join(", ", waivers.Followed.Take(20)) + (waivers.Followed.Count > 20 ? ", …" : "");
        if (before?.Missing > 0)
            yield return $"{before.Missing} files of {before.Name} could not be looked at; what is found in them now counts as new";
    }

    // By what it is now: the base may have no such file.
    private static string PathIn(BaseTree before, string root) => before.At(Directory(root))!;

    private static string Directory(string root) => File.Exists(root) ? Path.GetDirectoryName(root)! : root;
}
