using System.Text.RegularExpressions;
using Canary.Findings;
using Canary.Rules;
using Canary.Tests.Architecture;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>The rules that the program carries: sound, tested, told of on one page, and with names that can be relied on.</summary>
public sealed partial class ShippedPackTests
{
    private const int Promised = 45;

    private static readonly RuleLoad Load = RuleLoader.Load(RuleSources.BuiltIn());
    private static readonly string Page = File.ReadAllText(Checkout.At("docs/rules.md"));

    [Fact]
    public void Every_shipped_rule_stands_and_none_is_left_out()
    {
        Faults.None(Load.Errors.Select(e => e.ToString()));
        Assert.Equal(Files().Count(), Load.Book.Rules.Count);
        Assert.True(Load.Book.Rules.Count(r => !r.IsBuildingBlock) >= Promised);
    }

    [Fact]
    public void Every_rule_has_a_case_that_fires_and_a_near_miss() => Faults.None(
        from rule in Load.Book.Rules
        from fires in new[] { true, false }
        where !rule.Cases.Any(c => c.Fires == fires)
        select $"{rule.Path} has no case that {(fires ? "fires" : "stays quiet")}");

    [Fact]
    public void Every_case_comes_out_as_its_rule_says()
    {
        var trial = new RuleTrial(Load.Book);
        Faults.None(
            from rule in Load.Book.Rules
            from test in rule.Cases
            let fault = trial.Fault(rule, test)
            where fault is not null
            select $"{rule.Path}:{test.Line}: {fault}");
    }

    [Fact]
    public void A_building_block_is_used_and_alerts_by_itself_under_no_level_but_informational() => Faults.None(
        from rule in Load.Book.Rules
        where rule.IsBuildingBlock
        let used = Load.Book.Rules.Any(r => r.Near?.After.Contains(rule) == true || r.Correlation?.Rules.Contains(rule) == true)
        where !used || rule.Facts.Level != Level.Informational
        select $"{rule.Path}: {(used ? "has a level of its own" : "is used by no rule")}");

    [Fact]
    public void Ids_are_random_uuids_and_each_is_given_once()
    {
        Faults.None(
            from rule in Load.Book.Rules
            where !Guid.TryParseExact(rule.Facts.Id, "D", out var id) || id.Version != 4
            select $"{rule.Path}: {rule.Facts.Id}");
        Assert.Equal(Load.Book.Rules.Count, Load.Book.Rules.Select(r => r.Facts.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void A_file_is_named_for_its_folder_in_snake_case() => Faults.None(
        from file in Files()
        where !SnakeCase().IsMatch(file)
        select file);

    [Fact]
    public void Every_rule_says_why_it_matters_who_wrote_it_and_what_it_maps_to() => Faults.None(
        from rule in Load.Book.Rules
        let facts = rule.Facts
        where facts.Why is not { Length: > 60 and < 420 } || facts.Author != "Canary" || facts.FalsePositives.Count == 0
            || facts.Tags.Count == 0 || !facts.Tags.All(t => Tag().IsMatch(t))
        select $"{rule.Path}: why, author, falsepositives or tags are missing or strange");

    [Fact]
    public void The_page_and_the_rules_agree() => Assert.Equal(
        Load.Book.Rules.OrderBy(r => r.Facts.Slug, StringComparer.Ordinal).Select(Row),
        Line().Matches(Page).Select(m => m.Value).OrderBy(l => l, StringComparer.Ordinal));

    [Fact]
    public void The_page_keeps_alerts_and_building_blocks_apart()
    {
        int blocks = Page.IndexOf("## Steps that only other rules use", StringComparison.Ordinal);
        Assert.True(blocks > 0);
        Faults.None(
            from rule in Load.Book.Rules
            where rule.IsBuildingBlock != Page.IndexOf($"| [{rule.Facts.Slug}]", StringComparison.Ordinal) > blocks
            select rule.Facts.Slug);
    }

    private static string Row(Rule rule) =>
        $"| [{rule.Facts.Slug}](../{rule.Path}) | {rule.Facts.Level.Word()} | {rule.Facts.Title} | "
        + string.Join(' ', rule.Facts.Tags.Select(t => t[(t.IndexOf('.') + 1)..].ToUpperInvariant())) + " |";

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Checkout.At("rules"), "*.yml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Checkout.Root, f));

    [GeneratedRegex(@"^rules/(?:agents/(?:agents|canary)|linux/linux|windows/windows|models/models|packages/packages|config/config)(?:_[a-z0-9]+)+\.yml$")]
    private static partial Regex SnakeCase();

    [GeneratedRegex(@"^(?:attack\.t[0-9]{4}(?:\.[0-9]{3})?|atlas\.aml\.t[0-9]{4}(?:\.[0-9]{3})?)$")]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?m)^\| \[.*\|$")]
    private static partial Regex Line();
}
