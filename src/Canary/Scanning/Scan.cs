using Canary.Advisories;
using Canary.Alerts.Redaction;
using Canary.Config;
using Canary.Inspection;
using Canary.Packages;
using Canary.Sensors.Proc;
using Canary.Surface;

namespace Canary.Scanning;

/// <summary>Which files a scan opens besides those that name packages.</summary>
internal enum ScanContents
{
    /// <summary>Those in package folders, and those of the project that run by themselves.</summary>
    Folders,

    /// <summary>All: the tree is one package.</summary>
    Unpacked,

    None,
}

/// <summary>One scan of one tree: the walk, what the index knows, what the rules say.</summary>
internal static class Scan
{
    /// <param name="registries">What registries say of the packages.</param>
    /// <param name="nugetPackages">NuGet's folder of packages, to compare lockfiles with; null for none.</param>
    public static ScanReport Of(
        string path, Func<KnownBad> known, ScanRules rules, ScanConfig config, ScanContents contents, Exclusions exclude, Func<Inventory, IEnumerable<ScanFinding>> registries, TimeProvider time,
        CancellationToken cancel, string? nugetPackages = null)
    {
        // Before anything grows.
        ProgramImage.GiveBack();
        string full = Path.GetFullPath(path);
        string root = File.Exists(full) ? Path.GetDirectoryName(full)! : full;
        var files = contents == ScanContents.None ? null : new FileInspection(root, () => rules.All, known, time, contents == ScanContents.Unpacked);
        // Most trees have nothing to redact, and what a redactor knows takes time to prepare.
        var redactor = new Lazy<Redactor>(() => new Redactor());
        var surface = new SurfaceScan(root, text => redactor.Value.Redact(text), time);
        var inventory = new PackageScan(path, meet: files is null ? null : Met, passed: surface.Pass) { Exclude = exclude }.Run(cancel);
        var now = time.GetUtcNow();
        var inspected = files?.Run(cancel);
        var configured = files is null ? [] : SurfaceFindings.Of(surface.Run(inventory, cancel), rules, time);
        // Only now: what is configured launches packages, too.
        var bad = Task.Run(() => KnownBadFindings.Of(inventory, known(), time).ToList(), cancel);
        var findings = RuleFindings.Of(new JudgedPackages(inventory, config, nugetPackages, now), rules.Packages, time, cancel).Concat(SourceFindings.Of(inventory));
        if (inspected is not null)
            findings = findings.Concat(RuleFindings.Of(inspected));
        findings = findings.Concat(configured).Concat(registries(inventory));
        return ScanReport.Of(full, inventory, findings, bad) with { Inspected = inspected, Excluded = [.. exclude.Counts] };

        bool Met(string name, string directory)
        {
            bool searched = files!.Meet(name, directory);
            return surface.Meet(name, directory) || searched;
        }
    }
}
