using System.Text;
using Canary.Findings;
using Canary.Scanning;
using Canary.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Canary.Tests.Packages;

/// <summary>
/// Each folder of <c>tests/fixtures/incidents</c> is a tree with the marks of a known attack as text that does nothing. <c>campaign.txt</c>
/// beside it holds the name that must be given, <c>expected.txt</c> what the index and the campaigns' rules say; CANARY_BLESS=1 writes it.
/// </summary>
public sealed class IncidentTests(ITestOutputHelper output)
{
    // Of the trees. By rules: no package version and no digest is known. By heuristics: nor is any mark of any campaign.
    private const int Promised = 37, PromisedByRules = 36, PromisedByHeuristics = 24;

    public static TheoryData<string> Cases() => new(Names());

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_incident_is_caught_and_its_campaign_named(string name)
    {
        var scanned = Scanned(name);
        string campaign = Campaign(name), expected = At(name, "expected.txt");
        Assert.Contains(scanned.Report.Findings, f => Catches(f, campaign));
        Assert.Empty(scanned.Report.Inventory.UnreadParts);
        string told = Told(scanned);
        if (Environment.GetEnvironmentVariable("CANARY_BLESS") == "1")
            File.WriteAllText(expected, told);
        Assert.Equal(File.ReadAllText(expected).ReplaceLineEndings("\n"), told);
    }

    [Fact]
    public void Most_would_be_caught_in_versions_that_nobody_listed_yet()
    {
        int all = 0, rules = 0, heuristics = 0;
        foreach (string name in Names())
        {
            var scanned = Scanned(name);
            bool byRules = scanned.OfRules.Any(f => Catches(f, Campaign(name))), byHeuristics = scanned.OfHeuristics.Any(f => f.Rule.Level >= Level.High);
            all++;
            rules += byRules ? 1 : 0;
            heuristics += byHeuristics ? 1 : 0;
            output.WriteLine($"{name}: {(byRules ? "rules" : "-----")} {(byHeuristics ? "heuristics" : "----------")} {string.Join(' ', scanned.OfHeuristics.Where(f => f.Rule.Level >= Level.High).Select(f => f.Rule.Slug).Distinct())}");
        }

        output.WriteLine($"{rules} of {all} by rules without the index, {heuristics} of {all} by heuristics that know no campaign");
        Assert.Equal(Promised, all);
        Assert.True(rules >= PromisedByRules, $"{rules} by rules");
        Assert.True(heuristics >= PromisedByHeuristics, $"{heuristics} by heuristics");
    }

    private static bool Catches(ScanFinding finding, string campaign) =>
        finding.Rule.Level >= Level.High && (finding.Rule.Title + " " + finding.Why).Contains(campaign, StringComparison.OrdinalIgnoreCase);

    private static string Told(ScannedTree scanned)
    {
        var told = new StringBuilder();
        foreach (var f in scanned.Report.Findings.Where(f => ScannedTree.IsIndex(f.Rule.Slug) || ScannedTree.IsCampaign(f.Rule.Slug) || f.Rule.Slug == "packages_home_destroyed"))
            told.Append($"{f.Rule.Level.Word()} {f.Rule.Slug} {f.Identity} {f.File}:{f.Line} {(ScannedTree.IsIndex(f.Rule.Slug) ? f.Why : f.Rule.Title)}\n");
        return told.ToString();
    }

    private static ScannedTree Scanned(string name) => ScannedTree.Of(At(name, "tree"), At(name, "binaries.txt"));

    private static string Campaign(string name) => File.ReadAllText(At(name, "campaign.txt")).Trim();

    private static string At(string name, string file) => Checkout.At($"tests/fixtures/incidents/{name}/{file}");

    private static IEnumerable<string> Names() =>
        Directory.GetDirectories(Checkout.At("tests/fixtures/incidents")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);
}
