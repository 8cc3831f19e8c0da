using Canary.Rules;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>Sigma's filters: tuning that leaves the rule's file alone.</summary>
public sealed class FilterTests
{
    private const string Source = "logsource: {product: windows, category: any}\n";

    [Theory]
    [InlineData("rules: [a], own: {User: admin}, condition: not own", "admin", false)]
    [InlineData("rules: [a], own: {User: admin}, condition: not own", "eve", true)]
    [InlineData("rules: [b], own: {User: admin}, condition: not own", "admin", true)]
    [InlineData("rules: any, own: {User: admin}, condition: not own", "admin", false)]
    [InlineData("rules: [], own: {User: admin}, condition: not own", "admin", false)]
    [InlineData("rules: a, only: {User: eve}, condition: only", "admin", false)]
    [InlineData("rules: a, only: {User: eve}, condition: only", "eve", true)]
    [InlineData("rules: [00000000-0000-4000-8000-00000000000a], own: {User|startswith: ad}, condition: not own", "admin", false)]
    public void The_condition_is_added_to_the_rules_it_names(string filter, string user, bool fires)
    {
        var book = Sigma.Book(
            ("a.yml", $"title: A\nid: 00000000-0000-4000-8000-00000000000a\n{Source}detection: {{s: {{F: 1}}, condition: s}}"),
            ("b.yml", $"title: B\n{Source}detection: {{s: {{F: 2}}, condition: s}}"),
            ("f.yml", $"title: F\n{Source}filter: {{{filter}}}"));
        Assert.Equal(fires, Sigma.Findings(book, Sigma.Event(("F", 1), ("User", user))).Count == 1);
    }

    [Fact]
    public void Rules_of_another_log_source_are_left_alone()
    {
        var book = Sigma.Book(
            ("a.yml", $"title: A\n{Source}detection: {{s: {{F: 1}}, condition: s}}"),
            ("f.yml", "title: F\nlogsource: {product: windows, category: other}\nfilter: {rules: any, own: {F: 1}, condition: not own}"));
        Assert.Single(Sigma.Findings(book, Sigma.Event(("F", 1))));
    }

    [Theory]
    [InlineData("rules: [nope], s: {F: 1}, condition: s", "f.yml:3:18: no rule that stands is called 'nope'")]
    [InlineData("s: {F: 1}, condition: s", "f.yml:3:9: 'filter' needs 'rules': 'any', or a list of rule names or ids")]
    [InlineData("rules: any, s: {F: 1}", "f.yml:3:9: 'filter' has no 'condition'")]
    [InlineData("rules: any, s: {F|nope: 1}, condition: s", "f.yml:3:26: unknown modifier 'nope'")]
    public void Faults(string filter, string fault) => Assert.Equal(
        [fault], Sigma.Load(RuleOptions.Default, ("f.yml", $"title: F\n{Source}filter: {{{filter}}}")).Errors.Select(e => e.ToString()));
}
