using Canary.Findings;
using Canary.Rules;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>Sequences over a group.</summary>
public sealed class NearTests
{
    private static readonly LogSource Source = new("windows", "any");

    [Fact]
    public void The_last_step_fires_with_the_earlier_events_as_evidence()
    {
        var (engine, found) = Engine("within: 5m, after: [a, b]");
        var a = At(0, 1, "g");
        var b = At(10, 2, "g");
        Run(engine, found, a, b, At(20, 3, "g"));
        Assert.Equal([a, b], found.Single().Evidence);
        Assert.Equal("c", found.Single().Rule.Slug);
    }

    [Theory]
    [InlineData("within: 5m, after: [a, b]", "b a c", true)]
    [InlineData("within: 5m, after: [a, b], ordered: true", "b a c", false)]
    [InlineData("within: 5m, after: [a, b], ordered: true", "a b c", true)]
    [InlineData("within: 5m, after: [a, b], ordered: true", "b a b c", true)]
    [InlineData("within: 5m, after: [a, b]", "a c", false)]
    [InlineData("within: 5m, after: [a, b]", "a c b", false)]
    [InlineData("within: 5m, after: a", "a c", true)]
    [InlineData("within: 5m, after: [a, a], ordered: true", "a c", false)]
    [InlineData("within: 5m, after: [a, a], ordered: true", "a a c", true)]
    [InlineData("within: 2s, after: a", "a b b b c", false)]
    [InlineData("within: 4s, after: a", "a b b b c", true)]
    [InlineData("within: 3s, after: [a, b], ordered: true", "a b a b c", true)]
    [InlineData("within: 2s, after: [a, b], ordered: true", "a b b c", false)]
    public void Order_and_time(string near, string events, bool fires)
    {
        var (engine, found) = Engine(near);
        Run(engine, found, [.. events.Split(' ').Select((e, i) => At(i, e[0] - 'a' + 1, "g"))]);
        Assert.Equal(fires, found.Any(f => f.Rule.Slug == "c"));
    }

    [Fact]
    public void Long_texts_take_the_room_of_many_groups()
    {
        var (engine, _) = Engine("within: 5m, after: a");
        string text = new('x', 200_000);
        for (int i = 0; i < 500; i++)
            engine.Evaluate(new RecordSubject(Source, [new("F", FieldValue.Of(1)), new("G", FieldValue.Of(text))], Sigma.Noon, $"g{i}"), []);
        Assert.InRange(engine.Remembered, 1, (int)(NearMemory.MostBytes / (2 * text.Length)));
        Assert.Equal(500 - engine.Remembered, engine.Evicted);
    }

    [Fact]
    public void Another_group_knows_nothing()
    {
        var (engine, found) = Engine("within: 5m, after: a");
        Run(engine, found, At(0, 1, "g"), At(1, 3, "h"), At(1, 3, null));
        Assert.Empty(found);
    }

    [Fact]
    public void One_event_is_not_its_own_past()
    {
        var book = Sigma.Book(
            ("a.yml", Sigma.Head + "detection: {s: {F|exists: true}, condition: s}\ncanary: {building_block: true}"),
            ("c.yml", Sigma.Head + "detection: {s: {F|exists: true}, condition: s}\ncanary: {near: {within: 5m, after: a}}"));
        Assert.Empty(Sigma.Findings(book, At(0, 1, "g")));
        Assert.Single(Sigma.Findings(book, At(0, 1, "g"), At(0, 1, "g")));
    }

    [Fact]
    public void By_session_counts_only_what_an_agent_did()
    {
        var (engine, found) = Engine("within: 5m, by: session, after: a");
        Run(engine, found, At(0, 1, "g"), At(1, 3, "g"));
        Assert.Empty(found);
        Run(engine, found, Agent(0, 1, "s"), Agent(1, 3, "s"));
        Assert.Single(found);
    }

    [Fact]
    public void A_sequence_may_stand_on_a_sequence()
    {
        var book = Sigma.Book(
            ("a.yml", Block(1)),
            ("z.yml", Sigma.Head + "detection: {s: {F: 2}, condition: s}\ncanary: {building_block: true, near: {within: 5m, after: a}}"),
            ("c.yml", Sigma.Head + "detection: {s: {F: 3}, condition: s}\ncanary: {near: {within: 5m, after: z}}"));
        Assert.Empty(Sigma.Findings(book, At(0, 2, "g"), At(1, 3, "g")));
        Assert.Single(Sigma.Findings(book, At(0, 1, "g"), At(1, 2, "g"), At(2, 3, "g")));
    }

    [Fact]
    public void A_clock_set_back_does_not_hide_a_sequence()
    {
        var (engine, found) = Engine("within: 5m, after: a");
        Run(engine, found, At(100, 1, "g"), At(40, 3, "g"));
        Assert.Single(found);
    }

    [Fact]
    public void A_hundred_thousand_groups_take_bounded_room_and_are_counted()
    {
        var (engine, found) = Engine("within: 1h, after: a");
        for (int i = 0; i < 100_000; i++)
            engine.Evaluate(At(0, 1, "g" + i), found);
        Assert.Equal(100_000 - NearMemory.MostGroups, engine.Evicted);
        Assert.Equal(NearMemory.MostGroups, engine.Remembered);
        Run(engine, found, At(1, 3, "g0"), At(1, 3, "g99999"));
        Assert.Single(found);
    }

    [Fact]
    public void What_is_remembered_outlives_a_reload_of_the_same_rules()
    {
        var (engine, found) = Engine("within: 5m, after: a");
        engine.Evaluate(At(0, 1, "g"), found);
        engine.Use(Book("within: 5m, after: a"));
        engine.Evaluate(At(1, 3, "g"), found);
        Assert.Single(found);
        engine.Use(Book("within: 5m, after: [a, b]"));
        engine.Evaluate(At(2, 3, "g"), found);
        Assert.Single(found);
    }

    [Fact]
    public void A_rule_that_is_switched_off_still_serves_a_sequence()
    {
        var load = Sigma.Load(new RuleOptions { Disabled = new HashSet<string> { "a" } }, ("a.yml", Block(1).Replace("canary: {building_block: true}", "")),
            ("c.yml", Sigma.Head + "detection: {s: {F: 3}, condition: s}\ncanary: {near: {within: 5m, after: a}}"));
        Assert.Equal(["c"], Sigma.Findings(load.Book, At(0, 1, "g"), At(1, 3, "g")).Select(f => f.Rule.Slug));
    }

    [Theory]
    [InlineData("near: {within: 5m, after: [nope]}", "c.yml:4:37: no rule that stands is called 'nope'")]
    [InlineData("near: {within: 5m, after: [c]}", "c.yml:4:16: the rules that this one refers to wait for each other in a circle")]
    [InlineData("near: {within: 5x, after: [a]}", "c.yml:4:25: '5x' is not a duration; write 250ms, 10s, 5m, 2h or 7d, at most 366d")]
    [InlineData("near: {after: [a]}", "c.yml:4:16: 'near' needs 'within', such as 5m")]
    [InlineData("near: {within: 5m}", "c.yml:4:16: 'near' needs 'after': the names or ids of one to sixteen rules")]
    [InlineData("near: {within: 5m, after: [a], orderd: true}", "c.yml:4:41: unknown key 'orderd' under 'near'; did you mean 'ordered'?")]
    [InlineData("near: {within: 5m, after: [a], by: host}", "c.yml:4:45: 'by' is session or process_tree")]
    [InlineData("near: {within: 5m, after: [a, a]}", "c.yml:4:40: the same rule twice needs 'ordered: true'")]
    public void Faults(string canary, string fault)
    {
        var load = Sigma.Load(RuleOptions.Default, ("a.yml", Block(1)), ("c.yml", Sigma.Head + "detection: {s: {F: 3}, condition: s}\ncanary: {" + canary + "}"));
        Assert.Equal([fault], load.Errors.Select(e => e.ToString()));
        Assert.Equal(["a"], load.Book.Rules.Select(r => r.Facts.Slug));
    }

    private static string Block(int value) => Sigma.Head + $"detection: {{s: {{F: {value}}}, condition: s}}\ncanary: {{building_block: true}}";

    private static RuleBook Book(string near) => Sigma.Book(
        ("a.yml", Block(1) + "\nid: 00000000-0000-4000-8000-000000000001"),
        ("b.yml", Block(2) + "\nid: 00000000-0000-4000-8000-000000000002"),
        ("c.yml", Sigma.Head + "id: 00000000-0000-4000-8000-000000000003\ndetection: {s: {F: 3}, condition: s}\ncanary: {near: {" + near + "}}"));

    private static (RuleEngine Engine, List<Finding> Found) Engine(string near) => (new RuleEngine(Book(near)), []);

    private static void Run(RuleEngine engine, List<Finding> found, params RecordSubject[] subjects)
    {
        foreach (var subject in subjects)
            engine.Evaluate(subject, found);
    }

    private static RecordSubject At(int second, int value, string? group) =>
        new(Source, [new("F", FieldValue.Of(value))], Sigma.Noon.AddSeconds(second), group);

    private static RecordSubject Agent(int second, int value, string session) =>
        new(Source, [new("F", FieldValue.Of(value)), new("AgentSession", FieldValue.Of(session))], Sigma.Noon.AddSeconds(second));
}
