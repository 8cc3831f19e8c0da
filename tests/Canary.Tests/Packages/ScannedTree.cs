using Canary.Advisories;
using Canary.Config;
using Canary.Packages;
using Canary.Rules;
using Canary.Scanning;
using Canary.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Canary.Tests.Packages;

/// <summary>A tree of the fixtures, scanned as <c>canary scan</c> does, with what is built in, on the day that the index was built.</summary>
internal sealed class ScannedTree
{
    private static readonly RuleBook Book = RuleLoader.Load(RuleSources.BuiltIn()).Book;

    private ScannedTree(ScanReport report) => Report = report;

    public ScanReport Report { get; }

    public IEnumerable<ScanFinding> OfIndex => Report.Findings.Where(f => IsIndex(f.Rule.Slug));

    public IEnumerable<ScanFinding> OfRules => Report.Findings.Where(f => !IsIndex(f.Rule.Slug));

    /// <summary>Findings that know no campaign.</summary>
    public IEnumerable<ScanFinding> OfHeuristics => OfRules.Where(f => !IsCampaign(f.Rule.Slug));

    public static ScannedTree Of(string tree)
    {
        using var known = new KnownBad([AdvisoryIndex.BuiltIn()]);
        return Of(tree, known);
    }

    public static ScannedTree Of(string tree, KnownBad known) => new(
        Scan.Of(tree, () => known, ScanRules.Of(Book), CanaryConfig.BuiltIn.Scan, ScanContents.Folders, new Exclusions([]), _ => [], new FakeTimeProvider(known.Built), CancellationToken.None));

    /// <summary>Of a copy that also has the programs named in a list of <c>path elf|pe</c>: no binary lies in the repository.</summary>
    public static ScannedTree Of(string tree, string programs)
    {
        if (!File.Exists(programs))
            return Of(tree);
        using var copy = new TemporaryDirectory();
        foreach (string file in Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories))
            Write(copy.At(Path.GetRelativePath(tree, file)), File.ReadAllBytes(file));
        foreach (string[] parts in File.ReadLines(programs).Select(l => l.Split(' ')))
            Write(copy.At(parts[0]), parts[1] == "elf" ? [0x7f, .. "ELF"u8, 2, 1, 1, .. new byte[57]] : [.. "MZ"u8, .. new byte[126]]);
        return Of(copy.Path);
    }

    public static bool IsCampaign(string slug) => slug.StartsWith("packages_campaign_", StringComparison.Ordinal);

    public static bool IsIndex(string slug) => slug is "known_malicious_package" or "known_vulnerable_package" or "known_payload";

    private static void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
