using Canary.Findings;
using Canary.Rules;
using Xunit;

namespace Canary.Tests.Rules;

public sealed class RuleExplanationTests
{
    private const string Rule = """
        detection:
          tool:
            Image|endswith: [/curl, /wget]
            CommandLine|contains|all: ['-d', 'http']
          filter_ok:
            CommandLine|contains: example.org
          condition: tool and not 1 of filter_*
        """;

    [Fact]
    public void A_rule_that_fired_says_which_test_held_on_what() => Assert.Equal(
        [
            "+ selection tool",
            "  + Image ends with '/curl', or ends with '/wget' – it is '/usr/bin/curl'",
            "  + CommandLine contains '-d' – it is 'curl -d @- http://x'",
            "  + CommandLine contains 'http' – it is 'curl -d @- http://x'",
            "+ not",
            "  - selection filter_ok",
            "    - CommandLine contains 'example.org' – it is 'curl -d @- http://x'",
        ],
        Explain(Rule, fires: true, ("Image", "/usr/bin/curl"), ("CommandLine", "curl -d @- http://x")).Decided);

    [Fact]
    public void A_rule_that_nearly_fired_says_what_was_missing()
    {
        Assert.Equal(
            ["CommandLine contains '-d' (it is 'curl http://x')"],
            Explain(Rule, fires: false, ("Image", "/usr/bin/curl"), ("CommandLine", "curl http://x")).Missing);
        Assert.Equal(
            ["not: CommandLine contains 'example.org' (it is 'curl -d 1 http://example.org')"],
            Explain(Rule, fires: false, ("Image", "/usr/bin/curl"), ("CommandLine", "curl -d 1 http://example.org")).Missing);
        Assert.Equal(
            ["Image ends with '/curl', or ends with '/wget' (the event has no Image)"],
            Explain(Rule, fires: false, ("CommandLine", "curl -d 1 http://x")).Missing);
    }

    [Fact]
    public void Of_several_ways_the_shortest_is_told() => Assert.Equal(
        ["C is '1' (the event has no C)"],
        Explain("detection: {a: {A: x, B: x}, c: {C: '1'}, condition: a or c}", fires: false, ("Z", "1")).Missing);

    [Fact]
    public void Lineage_and_sequences_are_told_too()
    {
        Assert.Equal(
            ["a process above it: Image ends with '/npm' (above it: /bin/bash)"],
            Explain("detection: {s: {F: 1}, condition: s}\ncanary: {descendant_of: {Image|endswith: /npm}}", fires: false, ("F", 1), ("ParentImage", "/bin/bash")).Missing);
        Assert.Equal(
            ["block matched before in the same session or process tree, within 00:05:00"],
            Explain("detection: {s: {F: 1}, condition: s}\ncanary: {near: {within: 5m, after: block}}", fires: false, ("F", 1)).Missing);
    }

    [Fact]
    public void An_event_of_another_log_source_is_told()
    {
        var book = Sigma.Book(("r.yml", Sigma.Head + Rule));
        var explanation = RuleExplanation.Of(book, book.Rules[0], [Sigma.Event(new LogSource("linux", "file_event"), ("Image", "/curl"), ("CommandLine", "-d http"))]);
        Assert.Equal(["an event of windows/any; this one is of linux/file_event"], explanation.Missing);
    }

    [Theory]
    [InlineData("F|startswith: a", "F starts with 'a'")]
    [InlineData("F: a*b", "F matches 'a*b'")]
    [InlineData("F: ''", "F is empty")]
    [InlineData("F: '*'", "F has a value")]
    [InlineData("F|contains|windash: ' -x'", "F matches '* -x*'")]
    [InlineData("F|cased: a", "F is 'a' (case-sensitive)")]
    [InlineData("F|re: a+", "F matches /a+/")]
    [InlineData("F|gt: 5", "F is above 5")]
    [InlineData("F: 5", "F is 5")]
    [InlineData("F|cidr: 10.0.0.0/8", "F is in the network 10.0.0.0/8")]
    [InlineData("F|fieldref|contains: G", "F contains the field G")]
    [InlineData("F|hour|lt: 6", "F has a hour that is below 6")]
    [InlineData("F|exists: true", "F is present")]
    public void Every_test_has_words(string item, string words) =>
        Assert.Equal([words + " (the event has no F)"], Explain($"detection: {{s: {{{item}}}, condition: s}}", fires: false, ("Z", "1")).Missing);

    [Fact]
    public void Events_are_read_as_an_object_several_or_an_array()
    {
        var source = new LogSource("linux", "process_creation");
        Assert.Single(EventRecords.Read("{\"Image\":\"/x\"}", source));
        Assert.Equal(2, EventRecords.Read("{\"Image\":\"/x\"}\n{\"Image\":\"/y\"}", source).Count);
        Assert.Equal(2, EventRecords.Read("[{\"Image\":\"/x\"},{\"Image\":\"/y\"}]", source).Count);
        var line = EventRecords.Read("{\"kind\":\"alert\",\"subject\":{\"type\":\"file\",\"fields\":{\"FileName\":\"/x\",\"ProcessId\":5}}}", source).Single();
        Assert.Equal(("/x", 5), (line.Get(Field.Named("FileName")).Text, (int)line.Get(Field.Named("ProcessId")).Number));
        var own = EventRecords.Read("{\"logsource\":{\"category\":\"file_access\"},\"time\":\"2026-01-01T00:00:00Z\",\"id\":9223372036854775807}", source).Single();
        Assert.Equal((new LogSource("linux", "file_access"), 2026, "9223372036854775807"), (own.Source, own.Time.Year, own.Get(Field.Named("id")).Text));
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => EventRecords.Read("[1]", source));
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => EventRecords.Read("{", source));
    }

    private static RuleExplanation Explain(string rule, bool fires, params (string, object?)[] fields)
    {
        var book = Sigma.Book(
            ("r.yml", Sigma.Head + rule),
            ("block.yml", "title: B\nlogsource: {product: windows, category: other}\ndetection: {s: {F: 1}, condition: s}"));
        var explanation = RuleExplanation.Of(book, book.Find("r")!, [Sigma.Event(fields)]);
        Assert.Equal(fires, explanation.Fires);
        return explanation;
    }
}
