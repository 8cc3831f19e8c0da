using Canary.Findings;
using Xunit;

namespace Canary.Tests.Rules;

public sealed class LineageTests
{
    [Theory]
    [InlineData("descendant_of: {Image|endswith: /npm}", true)]
    [InlineData("descendant_of: {Image|endswith: /curl}", false)]
    [InlineData("descendant_of: {Image|endswith: /npm, CommandLine|contains: install}", true)]
    [InlineData("descendant_of: {Image|endswith: /npm, CommandLine|contains: login}", false)]
    [InlineData("descendant_of: [{Image: /x}, {Image|endswith: /sshd}]", true)]
    [InlineData("not_descendant_of: {Image|endswith: /sshd}", false)]
    [InlineData("not_descendant_of: {Image|endswith: /cron}", true)]
    public void One_ancestor_satisfies_the_whole_map_and_the_actor_is_not_its_own_ancestor(string lineage, bool fires)
    {
        var book = Sigma.Book(("r.yml", Sigma.Head + "detection: {s: {F: 1}, condition: s}\ncanary: {" + lineage + "}"));
        var e = Sigma.Event(
            ("F", 1), ("Image", "/usr/bin/curl"), ("AncestorImages", new[] { "/bin/sh", "/usr/bin/npm", "/usr/sbin/sshd" }),
            ("AncestorCommandLines", new[] { "sh -c x", "npm install", "sshd: login" }));
        Assert.Equal(fires, Sigma.Findings(book, e).Count == 1);
    }

    [Fact]
    public void The_parent_is_an_ancestor_where_no_list_is_given()
    {
        var book = Sigma.Book(("r.yml", Sigma.Head + "detection: {s: {F: 1}, condition: s}\ncanary: {descendant_of: {Image: /p, CommandLine: p x}}"));
        Assert.Single(Sigma.Findings(book, Sigma.Event(("F", 1), ("ParentImage", "/p"), ("ParentCommandLine", "p x"))));
        Assert.Empty(Sigma.Findings(book, Sigma.Event(("F", 1))));
    }

    [Fact]
    public void The_ancestor_is_shown_as_what_matched()
    {
        var book = Sigma.Book(("r.yml", Sigma.Head + "detection: {s: {F: 1}, condition: s}\ncanary: {descendant_of: {Image|endswith: m}}"));
        Assert.Contains(
            new MatchedField("AncestorImages", "/npm", "descendant_of"),
            Sigma.Findings(book, Sigma.Event(("F", 1), ("AncestorImages", new[] { "/x", "/npm" }))).Single().Matched);
    }

    [Fact]
    public void A_field_that_ancestors_lack_is_a_fault() => Assert.Equal(
        ["r.yml:4:26: unknown field 'Imag'; did you mean 'Image'?"],
        Sigma.Faults(Sigma.Head + "detection: {s: {F: 1}, condition: s}\ncanary: {descendant_of: {Imag: x}}"));
}
