using Canary.Rules;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>A bad rule, and exactly what is said of it. All faults of a file come at once.</summary>
public sealed class RuleFaultTests
{
    private const string Linux = "title: T\nlogsource: {product: linux, category: process_creation}\n";

    [Fact]
    public void Every_fault_of_a_file_is_reported_at_once_with_its_place() => Assert.Equal(
        [
            "r.yml:2:5: 'not-a-uuid' is not a UUID; `uuidgen` makes one",
            "r.yml:3:1: unknown key 'stauts'; did you mean 'status'?",
            "r.yml:4:8: unknown level 'hihg'; did you mean 'high'?; one of informational, low, medium, high, critical",
            "r.yml:5:7: '2026-13-01' is not a date; write 2026-01-31",
            "r.yml:11:5: unknown modifier 'endswth'; did you mean 'endswith'?",
            "r.yml:12:5: unknown field 'ComandLine'; did you mean 'CommandLine'?",
            "r.yml:13:21: lookaround is not supported; only what a linear-time engine can run is allowed",
            "r.yml:14:22: no selection is called 'sell'; did you mean 'sel'?",
            "r.yml:16:3: unknown key 'nera' under 'canary'; did you mean 'near'?",
            "r.yml:17:11: unknown key 'fire' under 'tests'; did you mean 'fires'?",
        ],
        Sigma.Faults("""
            title: Bad
            id: not-a-uuid
            stauts: test
            level: hihg
            date: 2026-13-01
            logsource:
              product: linux
              category: process_creation
            detection:
              sel:
                Image|endswth: foo
                ComandLine: x
                CommandLine|re: 'a(?=b)'
              condition: sel and sell or 1 of filter_*
            canary:
              nera: 1
              tests: {fire: []}
            """));

    [Theory]
    [InlineData("logsource: {category: x}\ndetection: {s: {F: 1}, condition: s}", "r.yml:1:1: 'title' is missing")]
    [InlineData("title: T\ndetection: {s: {F: 1}, condition: s}", "r.yml:1:1: 'logsource' is missing")]
    [InlineData("title: T\nlogsource: {category: x}", "r.yml:1:1: 'detection' is missing")]
    [InlineData("title: T\nlogsource: {category: x}\ndetection: {s: {F: 1}}", "r.yml:3:12: 'detection' has no 'condition'")]
    [InlineData("title: [a]\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}", "r.yml:1:8: 'title' must be a text")]
    [InlineData("title: T\nlogsource: {}\ndetection: {s: {F: 1}, condition: s}", "r.yml:2:12: 'logsource' needs a product, a category or a service")]
    [InlineData("title: T\nlogsource: {categry: x}\ndetection: {s: {F: 1}, condition: s}", "r.yml:2:13: unknown key 'categry'; did you mean 'category'?", "r.yml:2:12: 'logsource' needs a product, a category or a service")]
    [InlineData("title: T\nstatus: finished\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}", "r.yml:2:9: unknown status 'finished'; one of stable, test, experimental, deprecated, unsupported")]
    [InlineData("- a", "r.yml:1:1: a rule is a map with title, logsource and detection")]
    [InlineData("title: T\ntags: {a: b}\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}", "r.yml:2:7: 'tags' must be a list of texts")]
    public void Heads(string text, params string[] faults) => Assert.Equal(faults.Order(StringComparer.Ordinal), Sigma.Faults(text).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("s and", "the condition ends where a selection is expected", 5)]
    [InlineData("and s", "'and' is not expected here", 0)]
    [InlineData("s s", "'s' is not expected here", 2)]
    [InlineData("(s", "this parenthesis is never closed", 0)]
    [InlineData("s)", "')' is not expected here", 1)]
    [InlineData("s | count() > 5", "'|' in a condition is an aggregation of old Sigma; write a correlation document instead", 2)]
    [InlineData("2 of s*", "'2 of' is not in Sigma; only '1 of', 'any of' and 'all of' are", 0)]
    [InlineData("s*", "a pattern needs '1 of' or 'all of' before it: '1 of s*'", 0)]
    [InlineData("1 of x*", "no selection matches 'x*'", 0)]
    [InlineData("1 of _x", "no selection matches '_x'", 0)]
    [InlineData("s or", "the condition ends where a selection is expected", 4)]
    [InlineData("not not", "the condition ends where a selection is expected", 7)]
    [InlineData("()", "')' is not expected here", 1)]
    [InlineData("x and s", "no selection is called 'x'", 0)]
    [InlineData("near s", "'s' is not expected here", 5)]
    [InlineData("1 of", "the condition ends where a selection is expected", 4)]
    [InlineData("not", "the condition ends where a selection is expected", 3)]
    [InlineData("s && s", "'&' has no meaning in a condition", 2)]
    public void Conditions(string condition, string fault, int offset) => Assert.Equal(
        [$"r.yml:5:{14 + offset}: {fault}"], Sigma.Faults(Sigma.Head + "detection:\n  s: {F: 1}\n  condition: " + condition));

    [Theory]
    [InlineData("F: {a: b}", "4:10: 'F' needs a value or a list of values, not a map")]
    [InlineData("F: []", "4:10: 'F' has an empty list, which matches nothing; write '' for an empty value or null for none")]
    [InlineData("F: [a, null]", "4:14: null cannot stand in a list; give it a selection of its own")]
    [InlineData("F|contains: null", "4:19: null cannot be modified")]
    [InlineData("F|all: x", "4:7: 'all' needs a list of at least two values")]
    [InlineData("F|contains|re: x", "4:7: 're' must be the first modifier")]
    [InlineData("F|contains|cidr: x", "4:7: 'cidr' must be the first modifier")]
    [InlineData("F|i: x", "4:7: 'i' is a flag of 're' and needs it in front")]
    [InlineData("F|contains|contains: x", "4:7: modifier 'contains' stands twice")]
    [InlineData("F|exists: 1", "4:17: 'exists' takes true or false")]
    [InlineData("F|exists|contains: true", "4:7: 'exists' cannot be combined with other modifiers")]
    [InlineData("F|cidr: 10.0.0.0/33", "4:15: '10.0.0.0/33' is not a network; write 10.0.0.0/8 or fd00::/8, without bits behind the prefix")]
    [InlineData("F|cidr: 10.0.0.1", "4:15: '10.0.0.1' is not a network; write 10.0.0.0/8 or fd00::/8, without bits behind the prefix")]
    [InlineData("F|gt: few", "4:13: a number is needed here")]
    [InlineData("F|gt|lt: 1", "4:7: one comparison is enough; write a range as two items")]
    [InlineData("F|hour|day: 1", "4:7: one part of the time is enough; write two items")]
    [InlineData("F|contains|gt: 1", "4:22: 'contains' does not go with a comparison of numbers")]
    [InlineData("F|base64: a*b", "4:17: wildcards cannot be encoded")]
    [InlineData("F|base64offset: a?b", "4:23: wildcards cannot be encoded")]
    [InlineData("F|contains|base64: ab", "4:26: wildcards cannot be encoded")]
    [InlineData("F|wide: a*b", "4:15: wildcards cannot be encoded")]
    [InlineData("F|base64offset: ''", "4:23: too short for base64offset")]
    [InlineData("F|re|windash: a", "4:21: 'windash' cannot follow 're'")]
    [InlineData("F|cidr|contains: 10.0.0.0/8", "4:24: 'contains' cannot follow 'cidr'")]
    [InlineData("F|contains|: a", "4:7: unknown modifier ''")]
    [InlineData("F|Contains: a", "4:7: unknown modifier 'Contains'; did you mean 'contains'?")]
    [InlineData("F|hour: noon", "4:15: a number is needed here")]
    [InlineData("F|expand: ['%a%', '%b%']", "4:18: placeholder '%a%' has no value; give it one under rules.placeholders in canary.yml", "r.yml:4:25: placeholder '%b%' has no value; give it one under rules.placeholders in canary.yml")]
    [InlineData("F|expand: '%who%'", "4:17: placeholder '%who%' has no value; give it one under rules.placeholders in canary.yml")]
    [InlineData("F|fieldref|re: G", "4:7: 're' must be the first modifier")]
    [InlineData("F|fieldref|windash: G", "4:7: 'windash' does not go with 'fieldref'")]
    [InlineData(@"F|re: '(a)\1'", "4:13: back-references are not supported; only what a linear-time engine can run is allowed")]
    [InlineData("F|re: '(?<!a)b'", "4:13: lookaround is not supported; only what a linear-time engine can run is allowed")]
    [InlineData("F|re: '(?>a)'", "4:13: atomic, conditional and recursive groups are not supported; only what a linear-time engine can run is allowed")]
    [InlineData("F|re: 'a++'", "4:13: possessive quantifiers are not supported; only what a linear-time engine can run is allowed")]
    [InlineData("F|re: '[[:alpha:]]'", "4:13: POSIX classes such as [[:alpha:]] are not supported; write [a-zA-Z]")]
    [InlineData("F|re: '((a{200}){200}){200}'", "4:13: the repetitions multiply to too large an expression")]
    [InlineData("F|re: '(a'", "4:13: not a valid regular expression: InsufficientClosingParentheses at character 2")]
    public void Items(string item, string fault, params string[] more) => Assert.Equal(["r.yml:" + fault, .. more], Sigma.Faults(Sigma.Head + "detection:\n  s: {" + item + "}\n  condition: s"));

    [Theory]
    [InlineData("s: {}", "4:6: an empty selection matches everything; remove it")]
    [InlineData("s: []", "4:6: an empty selection matches nothing; remove it")]
    [InlineData("s: [[a]]", "4:7: a selection is a map, a list of maps, or a list of keywords")]
    [InlineData("s: [null]", "4:7: null is not a keyword")]
    [InlineData("s: {'|exists': true}", "4:18: this modifier needs a field")]
    [InlineData("s|endswith: [a]", "4:3: 's|endswith': a modifier belongs to a field, and a selection has none of its own")]
    public void Selections(string selection, string fault) => Assert.Equal(["r.yml:" + fault], Sigma.Faults(Sigma.Head + $"detection:\n  {selection}\n  condition: 1 of s*"));

    [Fact]
    public void A_mistyped_field_of_our_own_sources_is_a_fault() => Assert.Equal(
        ["r.yml:3:17: unknown field 'Iamge'; did you mean 'Image'?"], Sigma.Faults(Linux + "detection: {s: {Iamge: x}, condition: s}"));

    [Fact]
    public void A_field_of_Sigmas_taxonomy_that_is_not_collected_here_is_no_fault_of_the_author()
    {
        var load = Sigma.Load(RuleOptions.Default, ("r.yml", Linux + "detection: {s: {LogonId: x}, condition: s}"));
        Assert.Equal((0, 1, false), (load.Refused, load.Unsupported, load.HasFaults));
        Assert.Equal("r.yml:3:17: field 'LogonId' is not collected here", load.Errors.Single().ToString());
    }

    [Fact]
    public void Other_sources_have_the_fields_that_they_have() =>
        Assert.Empty(Sigma.Faults("title: T\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {eventName: x}, condition: s}"));

    [Fact]
    public void A_faulty_rule_does_not_keep_the_others_out()
    {
        var load = Sigma.Load(RuleOptions.Default, ("a.yml", "title: [\n"), ("b.yml", Sigma.Head + "detection: {s: {F: 1}, condition: s}"), ("c.yml", "title: x"));
        Assert.Equal(["b"], load.Book.Rules.Select(r => r.Facts.Slug));
        Assert.Equal((3, 3, 2), (load.Files, load.Documents, load.Refused));
    }

    [Fact]
    public void An_id_may_be_taken_once()
    {
        const string Rule = "title: T\nid: 8f0c6a3e-5d0b-4f59-9a55-000000000001\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}";
        var load = Sigma.Load(RuleOptions.Default, ("a.yml", Rule), ("b.yml", Rule));
        Assert.Equal(["b.yml:2:5: id 8f0c6a3e-5d0b-4f59-9a55-000000000001 is taken by a.yml:2"], load.Errors.Select(e => e.ToString()));
    }

    [Fact]
    public void A_users_rule_takes_the_place_of_the_built_in_one_with_its_id_or_name()
    {
        const string Text = "title: T\nid: 8f0c6a3e-5d0b-4f59-9a55-000000000001\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}";
        var load = RuleLoader.Load([new RuleSource("rules/a.yml", Text, BuiltIn: true), new RuleSource("mine.yml", Text.Replace("T", "Mine"))]);
        Assert.Empty(load.Errors);
        Assert.Equal(["Mine"], load.Book.Rules.Select(r => r.Facts.Title));
    }

    [Fact]
    public void Keys_of_ones_own_are_allowed_where_they_resemble_no_known_one() =>
        Assert.Empty(Sigma.Faults(Sigma.Head + "owner_team: blue\ndetection: {s: {F: 1}, condition: s}"));

    [Fact]
    public void Several_documents_in_a_file_are_several_rules() => Assert.Equal(
        ["named", "r-2"],
        Sigma.Book(("r.yml", $"{Sigma.Head}name: named\ndetection: {{s: {{F: 1}}, condition: s}}\n---\n{Sigma.Head.Replace("T", "U")}detection: {{s: {{F: 2}}, condition: s}}\n")).Rules.Select(r => r.Facts.Slug));
}
