using System.Globalization;
using System.Text;
using Canary.Advisories.Versions;
using Canary.Config;
using Canary.Packages;
using Canary.Scanning;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Gating;

/// <summary>Every waiver that holds somewhere in a tree: those of the canary.yml in force, and those that files further down bring.</summary>
internal sealed class WaiverBook
{
    private const string FileName = "canary.yml";
    private const int MostPolicyBytes = 1024 * 1024;

    // What lies below one of these was written by others, whatever it says of itself.
    private static readonly string[] PackageFolders =
        ["node_modules", "bower_components", "site-packages", "dist-packages", "vendor", "venv", ".venv", "Pods", "Carthage", ".yarn", ".pnpm-store", ".nuget", ".cargo"];

    private readonly List<ScopedWaiver> _waivers = [];
    private readonly List<ScanFinding> _findings = [];
    private readonly TimeSpan _maxAge;
    private readonly DateOnly _today;

    /// <param name="config">In force; its waivers hold for the whole tree.</param>
    /// <param name="root">The directory that is scanned.</param>
    public WaiverBook(CanaryConfig config, string root, TimeProvider time)
    {
        _maxAge = config.Scan.WaiverMaxAge;
        _today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        Policy = PolicyScope.Of(config.Source, root);
        string name = Policy.IsOfTree && Policy.Above.Length == 0 ? Path.GetFileName(config.Source)! : config.Source ?? "";
        _waivers.AddRange(config.Scan.Waivers.Select(w => new ScopedWaiver(w, Policy, name)));
    }

    /// <summary>Where the canary.yml in force stands.</summary>
    public PolicyScope Policy { get; }

    /// <summary>Files whose waivers are not followed: the canary.yml in force is not the tree's own, or the file is of a repository within the tree.</summary>
    public int NotFollowed { get; private set; }

    /// <summary>Files further down that brought waivers.</summary>
    public List<string> Followed { get; } = [];

    /// <summary>Takes the waivers of the canary.yml files that a scan met.</summary>
    public void AddTree(string root, Inventory inventory, Diagnostics diagnostics)
    {
        // Between the one in force and the root of the scan.
        string[] above = Policy.Above.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int down = 1; down < above.Length; down++)
        {
            string name = string.Concat(Enumerable.Repeat("../", above.Length - down)) + FileName;
            if (TextOf(Path.Combine(root, name)) is { } text)
                _waivers.AddRange(CanaryConfig.ParseWaivers(text, name, diagnostics).Select(w => new ScopedWaiver(w, new PolicyScope(string.Join('/', above[down..]) + "/", "", true), name)));
        }

        foreach (string file in inventory.Policies)
        {
            // The one in force has had its say.
            if (Policy.IsOfTree && Policy.Above.Length == 0 && file == FileName)
                continue;
            var faults = new Diagnostics();
            if (TextOf(Path.Combine(root, file)) is not { } text || CanaryConfig.ParseWaivers(text, file, faults) is { Count: 0 } && faults.Count == 0)
                continue;
            if (file.Split('/').SkipLast(1).Any(PackageFolders.Contains))
            {
                _findings.Add(new ScanFinding(GateRules.OfPackage, "config", file, file, 1, "A canary.yml in a folder of packages has waivers.", ["Look at the package: nothing of it should speak for itself."]));
            }
            else if (!Policy.IsOfTree || IsOfAnother(root, file))
            {
                NotFollowed++;
            }
            else
            {
                foreach (var fault in faults.All)
                    diagnostics.Add(fault.File, fault.Line, fault.Column, fault.Message);
                _waivers.AddRange(CanaryConfig.ParseWaivers(text, file, new Diagnostics()).Select(w => new ScopedWaiver(w, PolicyScope.Within(file), file)));
                Followed.Add(file);
            }
        }
    }

    /// <summary>What a reader of YAML cannot know: ranges that no ecosystem has, days too far away, rules that nobody has.</summary>
    public void Check(Diagnostics diagnostics)
    {
        foreach (var waiver in _waivers.Select(w => w.Waiver))
        {
            var purl = waiver.Package is { } package ? Purl.NameOf(package) : null;
            if (purl is null && waiver.Package?.StartsWith("pkg:", StringComparison.Ordinal) == true)
                diagnostics.Add(waiver.Place("package"), $"'{Printable.Line(waiver.Package, 200)}' is no purl of a package without version, as in pkg:npm/%40scope/name");
            if (waiver.Versions is { } versions && VersionRange.Parse(versions, purl?.Ecosystem, out string fault) is null)
                diagnostics.Add(waiver.Place("versions"), $"'{Printable.Line(versions, 100)}' {Printable.Line(fault, 300)}");
            if (waiver.Expires.DayNumber - _today.DayNumber > _maxAge.TotalDays)
            {
                diagnostics.Add(waiver.Place("expires"), string.Create(
                    CultureInfo.InvariantCulture, $"a waiver ends within {Duration.Write(_maxAge)} ('scan.waiver_max_age'): on {_today.AddDays((int)_maxAge.TotalDays):yyyy-MM-dd} at the latest"));
            }
        }
    }

    /// <summary>Marks what is waived, and adds what is to be said of the waivers themselves.</summary>
    public IReadOnlyList<ScanFinding> Judge(IReadOnlyList<ScanFinding> findings, Inventory inventory)
    {
        var places = _waivers.Any(w => w.Waiver.Package is not null) ? inventory.Packages.ToLookup(p => (p.Purl, p.File)) : null;
        var judged = new List<ScanFinding>(findings.Count);
        foreach (var finding in findings)
        {
            IReadOnlyList<PackageEntry> entries = places is null ? [] : [.. places[(finding.Identity, finding.File)]];
            // All are asked: each that fits is in use.
            var waivers = _waivers.Where(w => w.Waiver.Expires >= _today && w.Covers(finding, entries)).ToList();
            judged.Add(waivers.Count == 0 ? finding : finding with { Waived = waivers[0].Waiving });
        }

        foreach (var waiver in _waivers)
        {
            if (waiver.Waiver.Expires < _today)
                judged.Add(Said(GateRules.Expired, waiver, string.Create(CultureInfo.InvariantCulture, $"{waiver.Waiver.Owner} answered for {About(waiver)} until {waiver.Waiver.Expires:yyyy-MM-dd}."), "Look at the finding again; then mend what it says, or renew the waiver."));
            // Of a part of the tree it cannot be told whether the rest needs it.
            else if (!waiver.IsUsed && waiver.Scope is { IsOfTree: true, Above.Length: 0 })
                judged.Add(Said(GateRules.Unused, waiver, $"No finding is {About(waiver)}.", "Remove it."));
        }

        judged.AddRange(_findings);
        return judged;
    }

    private static string About(ScopedWaiver waiver) => string.Join(' ', new[] { waiver.Waiver.Rule, waiver.Waiver.Package, waiver.Waiver.Versions, waiver.Waiver.File }.OfType<string>());

    private static ScanFinding Said(Findings.RuleFacts rule, ScopedWaiver waiver, string why, string step) =>
        new(rule, "config", $"{waiver.File}: {About(waiver)}", waiver.Scope.IsOfTree && waiver.Scope.Above.Length == 0 ? waiver.File : "", waiver.Waiver.At.Line, why, [step]);

    /// <summary>It lies in a repository within the tree: a submodule, or what was cloned there, has its own authors.</summary>
    private static bool IsOfAnother(string root, string file)
    {
        for (int slash = file.LastIndexOf('/'); slash > 0; slash = file.LastIndexOf('/', slash - 1))
        {
            if (Path.Exists(Path.Combine(root, file[..slash], ".git")))
                return true;
        }

        return false;
    }

    private static string? TextOf(string file)
    {
        try
        {
            // A pipe has no length either, and opening it would wait for its writer for ever.
            if (new FileInfo(file).Length is 0 or > MostPolicyBytes)
                return null;
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            return null;
        }
    }
}
