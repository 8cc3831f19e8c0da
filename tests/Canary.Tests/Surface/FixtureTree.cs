using Canary.Advisories;
using Canary.Alerts.Redaction;
using Canary.Config;
using Canary.Packages;
using Canary.Rules;
using Canary.Scanning;
using Canary.Surface;
using Canary.Tests.Support;

namespace Canary.Tests.Surface;

/// <summary>
/// A tree out of one text: <c>=== path</c> begins a file. The fixtures are not kept as files of their own, because agents and editors
/// that work on Canary would obey them.
/// </summary>
internal static class FixtureTree
{
    private static readonly RuleBook Book = RuleLoader.Load(RuleSources.BuiltIn("config/")).Book;

    public static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Checkout.At("tests/fixtures/surface"), "*.tree", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Checkout.At("tests/fixtures/surface"), f)[..^5].Replace('\\', '/')).Order(StringComparer.Ordinal);

    public static IEnumerable<(string Path, string Text)> Files(string name)
    {
        string text = File.ReadAllText(Checkout.At($"tests/fixtures/surface/{name}.tree")).ReplaceLineEndings("\n");
        foreach (string part in ("\n" + text).Split("\n=== ").Skip(1))
        {
            int end = part.IndexOf('\n');
            yield return (part[..end], part[(end + 1)..]);
        }
    }

    public static void Write(string name, string root)
    {
        foreach (var (path, text) in Files(name))
        {
            string full = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text);
        }
    }

    public static (Inventory Inventory, SurfaceEntries Entries) Read(string root)
    {
        var surface = new SurfaceScan(root, new Redactor().Redact, TimeProvider.System);
        var inventory = new PackageScan(root, meet: surface.Meet, passed: surface.Pass).Run();
        return (inventory, surface.Run(inventory));
    }

    public static IReadOnlyList<ScanFinding> Findings(SurfaceEntries entries) => SurfaceFindings.Of(entries, ScanRules.Of(Book), TimeProvider.System);

    /// <summary>All of a scan, by the rules and the index that ship.</summary>
    public static ScanReport Scanned(string root) =>
        Scan.Of(root, () => new KnownBad([AdvisoryIndex.BuiltIn()]), ScanRules.Of(Book), CanaryConfig.BuiltIn.Scan, ScanContents.Folders, new Exclusions([]), _ => [], TimeProvider.System, CancellationToken.None);
}
