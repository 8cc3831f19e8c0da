using Canary.Findings;
using Canary.Rules;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>Sigma's correlations: hits, misses, late and unordered events, and bounds.</summary>
public sealed class CorrelationTests
{
    private static readonly LogSource Source = new("windows", "any");

    // An event is written rule@second:user=value; what is left out is a, the next second, u, 1.
    [Theory]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a a a", 1)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a a", 0)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gt: 3}", "a a a", 0)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a:u a:v a:w a:u", 0)]
    [InlineData("type: event_count, rules: a, timespan: 10s, condition: {gte: 3}", "a:u a:v a:w", 1)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a@0 a@5 a@10", 1)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a@0 a@5 a@11", 0)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a@8 a@12 a@14", 1)] // windows slide, they do not snap
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a a a a a a", 1)] // a flood is told once
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a@0 a@1 a@2 a@40 a@41 a@42", 2)]
    [InlineData("type: event_count, rules: [a, b], group-by: user, timespan: 10s, condition: {gte: 3}", "a b a", 1)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a b b", 0)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gt: 1, lte: 2}", "a", 0)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gt: 1, lte: 2}", "a a", 1)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {eq: 2}", "a a a", 1)]
    [InlineData("type: event_count, rules: a, group-by: [user, absent], timespan: 10s, condition: {gte: 1}", "a a a", 0)]
    [InlineData("type: value_count, rules: a, group-by: user, timespan: 10s, condition: {field: value, gte: 3}", "a=1 a=2 a=3", 1)]
    [InlineData("type: value_count, rules: a, group-by: user, timespan: 10s, condition: {field: value, gte: 3}", "a=1 a=2 a=1 a=2", 0)]
    [InlineData("type: value_count, rules: a, group-by: user, timespan: 10s, condition: {field: value, gte: 3}", "a@0=1 a@5=2 a@12=3", 0)]
    [InlineData("type: value_count, rules: a, timespan: 10s, condition: {field: [user, value], gte: 3}", "a:u=1 a:u=2 a:v=1", 1)]
    [InlineData("type: value_count, rules: a, timespan: 10s, condition: {field: [user, value], gte: 3}", "a:u=1 a:u=2 a:u=1", 0)]
    [InlineData("type: value_sum, rules: a, group-by: user, timespan: 10s, condition: {field: value, gt: 100}", "a=60 a=41", 1)]
    [InlineData("type: value_sum, rules: a, group-by: user, timespan: 10s, condition: {field: value, gt: 100}", "a=60 a=40", 0)]
    [InlineData("type: value_avg, rules: a, group-by: user, timespan: 10s, condition: {field: value, gte: 10}", "a=9 a=11", 1)]
    [InlineData("type: value_avg, rules: a, group-by: user, timespan: 10s, condition: {field: value, gte: 10}", "a=9 a=10", 0)]
    [InlineData("type: value_percentile, rules: a, group-by: user, timespan: 10s, condition: {field: value, percentile: 90, gte: 100}", "a=1 a=2 a=100", 1)]
    [InlineData("type: value_percentile, rules: a, group-by: user, timespan: 10s, condition: {field: value, percentile: 50, gte: 100}", "a=1 a=2 a=100", 0)]
    [InlineData("type: temporal, rules: [a, b], group-by: user, timespan: 10s", "b a", 1)]
    [InlineData("type: temporal, rules: [a, b], group-by: user, timespan: 10s", "a:u b:v", 0)]
    [InlineData("type: temporal, rules: [a, b], group-by: user, timespan: 10s", "a@0 b@11", 0)]
    [InlineData("type: temporal, rules: [a, b, c], group-by: user, timespan: 10s, condition: a and (b or c)", "c a", 1)]
    [InlineData("type: temporal, rules: [a, b, c], group-by: user, timespan: 10s, condition: a and (b or c)", "b c", 0)]
    [InlineData("type: temporal_ordered, rules: [a, b, c], group-by: user, timespan: 10s", "a b c", 1)]
    [InlineData("type: temporal_ordered, rules: [a, b, c], group-by: user, timespan: 10s", "b a c", 0)]
    [InlineData("type: temporal_ordered, rules: [a, b, c], group-by: user, timespan: 10s", "b a b c", 1)]
    [InlineData("type: temporal_ordered, rules: [a, b], group-by: user, timespan: 10s", "b@5 a@3", 1)] // by time, not by arrival
    [InlineData("type: temporal_ordered, rules: [a, b], group-by: user, timespan: 10s", "a@5 b@3", 0)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a@5 a@1 a@3", 1)] // out of order
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a@20 a@21 a@5", 0)] // too late
    [InlineData("type: event_count, rules: a, group-by: who, aliases: {who: {a: user}}, timespan: 10s, condition: {gte: 2}", "a:u a:u", 1)]
    [InlineData("type: temporal, rules: [a, b], group-by: who, aliases: {who: {a: user, b: value}}, timespan: 10s", "a:7=x b:y=7", 1)]
    [InlineData("type: temporal, rules: [a, b], group-by: who, aliases: {who: {a: user, b: value}}, timespan: 10s", "a:7=x b:7=y", 0)]
    // Of each type: what comes out of order counts where its time is, what comes after its window does not.
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}", "a@20 a@21 a@22 a@5", 1)]
    [InlineData("type: value_count, rules: a, group-by: user, timespan: 10s, condition: {field: value, gte: 3}", "a@5=1 a@1=2 a@3=3", 1)]
    [InlineData("type: value_count, rules: a, group-by: user, timespan: 10s, condition: {field: value, gte: 3}", "a@20=1 a@21=2 a@5=3", 0)]
    [InlineData("type: value_sum, rules: a, group-by: user, timespan: 10s, condition: {field: value, gt: 100}", "a@5=60 a@1=41", 1)]
    [InlineData("type: value_sum, rules: a, group-by: user, timespan: 10s, condition: {field: value, gt: 100}", "a@20=60 a@5=41", 0)]
    [InlineData("type: value_sum, rules: a, group-by: user, timespan: 10s, condition: {field: value, gt: 100}", "a=x a=60 a=41", 1)]
    [InlineData("type: value_sum, rules: a, group-by: user, timespan: 10s, condition: {field: value, gt: 100}", "a=60 a=x a=1e1", 0)]
    [InlineData("type: value_avg, rules: a, group-by: user, timespan: 10s, condition: {field: value, gte: 10}", "a@5=9 a@1=12", 1)]
    [InlineData("type: value_avg, rules: a, group-by: user, timespan: 10s, condition: {field: value, gte: 10}", "a@20=9 a@5=100", 0)]
    [InlineData("type: value_avg, rules: a, group-by: user, timespan: 10s, condition: {field: value, gte: 10}", "a=9 a=x", 0)]
    [InlineData("type: value_percentile, rules: a, group-by: user, timespan: 10s, condition: {field: value, percentile: 50, gte: 100}", "a@5=1 a@1=100 a@3=100", 1)]
    [InlineData("type: value_percentile, rules: a, group-by: user, timespan: 10s, condition: {field: value, percentile: 50, gte: 100}", "a@20=1 a@5=100 a@6=100", 0)]
    [InlineData("type: temporal, rules: [a, b], group-by: user, timespan: 10s", "b@5 a@1", 1)]
    [InlineData("type: temporal, rules: [a, b], group-by: user, timespan: 10s", "b@20 a@5", 0)]
    [InlineData("type: temporal_ordered, rules: [a, b], group-by: user, timespan: 10s", "b@20 a@5", 0)]
    [InlineData("type: temporal_ordered, rules: [a, b], group-by: user, timespan: 10s", "b@20 a@15 a@5", 1)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {neq: 1}", "a", 0)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {neq: 1}", "a a", 1)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {lt: 2}", "a", 1)]
    [InlineData("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {lt: 1}", "a", 0)]
    [InlineData("type: event_count, rules: a, timespan: 1m, condition: {gte: 2}", "a@0 a@60", 1)]
    [InlineData("type: event_count, rules: a, timespan: 1m, condition: {gte: 2}", "a@0 a@61", 0)]
    [InlineData("type: event_count, rules: a, timespan: 1h, condition: {gte: 2}", "a@0 a@3600", 1)]
    [InlineData("type: event_count, rules: a, timespan: 1h, condition: {gte: 2}", "a@0 a@3601", 0)]
    [InlineData("type: event_count, rules: a, timespan: 1d, condition: {gte: 2}", "a@0 a@86400", 1)]
    [InlineData("type: event_count, rules: a, timespan: 1d, condition: {gte: 2}", "a@0 a@86401", 0)]
    public void Types_windows_and_groups(string correlation, string events, int fires) =>
        Assert.Equal(fires, Run(Book(correlation), events).Count(f => f.Rule.Slug == "k"));

    [Fact]
    public void The_rules_it_is_made_of_alert_only_where_it_says_so()
    {
        const string Pair = "type: event_count, rules: a, timespan: 10s, condition: {gte: 2}";
        Assert.Equal(["k"], Run(Book(Pair), "a a").Select(f => f.Rule.Slug));
        Assert.Equal(["a", "a", "k"], Run(Book(Pair + ", generate: true"), "a a").Select(f => f.Rule.Slug));
        Assert.Equal(["b", "b"], Run(Book(Pair), "b b").Select(f => f.Rule.Slug));
    }

    [Fact]
    public void A_correlation_may_be_made_of_correlations()
    {
        var book = Sigma.Book(
            Rule("a"), Rule("b"),
            ("k1.yml", "title: K1\ncorrelation: {type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 2}}"),
            ("k.yml", "title: K\ncorrelation: {type: temporal_ordered, rules: [k1, b], group-by: user, timespan: 10s}"));
        Assert.Equal(["k"], Run(book, "a a b").Select(f => f.Rule.Slug));
        Assert.Empty(Run(book, "a b a"));
    }

    [Fact]
    public void The_finding_carries_the_group_and_the_events_before()
    {
        var finding = Run(Book("type: event_count, rules: a, group-by: user, timespan: 10s, condition: {gte: 3}"), "a a a").Single();
        Assert.Equal([new MatchedField("user", "u", "group-by")], finding.Matched);
        Assert.Equal(2, finding.Evidence.Count);
    }

    [Fact]
    public void A_million_groups_take_bounded_room_and_are_counted()
    {
        var engine = new RuleEngine(Book("type: event_count, rules: a, group-by: user, timespan: 1h, condition: {gte: 2}"));
        var found = new List<Finding>();
        var sample = new List<WeakReference>();
        for (int i = 0; i < 1_000_000; i++)
            Feed(engine, found, "u" + i, "1", i % 100 == 0 ? sample : null);
        Assert.InRange(Alive(sample), 1, (CorrelationMemory.MostGroups / 100) + 1);
        Assert.Equal((CorrelationMemory.MostGroups, 1_000_000 - CorrelationMemory.MostGroups), (engine.Remembered, (int)engine.Evicted));
        engine.Evaluate(At("a", 1, "u999999", "1"), found);
        Assert.Single(found);
    }

    /// <summary>Who can start processes can choose what is grouped by, and carry 100 kB in it.</summary>
    [Fact]
    public void Long_values_take_bounded_room_and_are_still_told_apart()
    {
        var engine = new RuleEngine(Book("type: value_count, rules: a, group-by: user, timespan: 1h, condition: {field: value, gte: 2}"));
        var found = new List<Finding>();
        var events = new List<WeakReference>();
        string padding = new('x', 100_000);
        for (int i = 0; i < 3_000; i++)
            Feed(engine, found, padding + i % 1_000, padding + (i % 1_000 == 999 ? i : 0), events);

        // Of 400 kB each: 32 MiB and what came last.
        Assert.InRange(Alive(events), 1, 85);
        Assert.Equal(padding + "999", found.Single().Matched.Single().Value);
        Assert.Equal(1_000, engine.Remembered);
    }

    [Fact]
    public void A_filter_keeps_events_from_being_counted_whenever_they_come()
    {
        var files = new[]
        {
            Rule("a"), ("f.yml", "title: F\nlogsource: {product: windows, category: any}\nfilter: {rules: [a], own: {user: admin}, condition: not own}"),
            ("k.yml", "title: K\ncorrelation: {type: event_count, rules: a, timespan: 10s, condition: {gte: 2}}"),
        };
        Assert.Empty(Run(Sigma.Book(files), "a@20:admin a@21:admin a@22:eve a@19:admin a@5:admin"));
        Assert.Equal(["k"], Run(Sigma.Book(files), "a@20:eve a@21:admin a@19:eve a@1:eve").Select(f => f.Rule.Slug));
    }

    [Fact]
    public void Rules_are_referred_to_by_id_name_or_file()
    {
        const string Id = "00000000-0000-4000-8000-00000000000a";
        string text = Rule("a").Item2.Replace("title: a", $"title: a\nid: {Id}\nname: alpha");
        foreach (string reference in (string[])[Id, Id.ToUpperInvariant(), "alpha", "file"])
        {
            var book = Sigma.Book(("file.yml", text), ("k.yml", $"title: K\ncorrelation: {{type: event_count, rules: [{reference}], timespan: 10s, condition: {{gte: 2}}}}"));
            Assert.Equal(["k"], Run(book, "a a").Select(f => f.Rule.Slug));
        }
    }

    [Fact]
    public void A_million_events_of_one_group_take_bounded_room_and_are_counted()
    {
        var engine = new RuleEngine(Book("type: event_count, rules: a, timespan: 1h, condition: {gte: 10000}"));
        var found = new List<Finding>();
        for (int i = 0; i < 100_000; i++)
            engine.Evaluate(At("a", 0, "u", "1"), found);
        Assert.Equal(100_000 - CorrelationWindow.MostEntries, engine.Evicted);
        Assert.Single(found);
    }

    [Fact]
    public void A_late_event_is_counted()
    {
        var engine = new RuleEngine(Book("type: event_count, rules: a, timespan: 10s, condition: {gte: 2}"));
        engine.Evaluate(At("a", 100, "u", "1"), []);
        engine.Evaluate(At("a", 10, "u", "1"), []);
        Assert.Equal(1, engine.Late);
    }

    [Fact]
    public void What_is_remembered_outlives_a_reload_of_the_same_correlation()
    {
        const string Text = "type: event_count, rules: a, timespan: 10s, condition: {gte: 2}";
        var engine = new RuleEngine(Book(Text));
        var found = new List<Finding>();
        engine.Evaluate(At("a", 0, "u", "1"), found);
        engine.Use(Book(Text));
        engine.Evaluate(At("a", 1, "u", "1"), found);
        Assert.Equal(["k"], found.Select(f => f.Rule.Slug));
    }

    [Fact]
    public void Its_own_cases_are_tested_with_a_log_source_each()
    {
        var book = Sigma.Book(Rule("a"), ("k.yml", """
            title: K
            correlation: {type: event_count, rules: a, timespan: 10s, condition: {gte: 2}}
            canary:
              tests:
                fires:
                  - [{logsource: {product: windows, category: any}, F: a}, {logsource: {product: windows, category: any}, F: a}]
                quiet:
                  - [{logsource: {product: windows, category: any}, F: a}, {after: 11s, logsource: {product: windows, category: any}, F: a}]
            """));
        var rule = book.Find("k")!;
        Assert.All(rule.Cases, c => Assert.Null(new RuleTrial(book).Fault(rule, c)));
    }

    [Theory]
    [InlineData("type: evnt_count, rules: a, timespan: 10s, condition: {gte: 2}", "2:21: unknown correlation type 'evnt_count'; did you mean 'event_count'?")]
    [InlineData("type: event_count, rules: nope, timespan: 10s, condition: {gte: 2}", "2:41: no rule that stands is called 'nope'")]
    [InlineData("type: event_count, rules: k, timespan: 10s, condition: {gte: 2}", "2:14: the rules that this one refers to wait for each other in a circle")]
    [InlineData("type: event_count, rules: a, timespan: 10s", "2:14: 'correlation' needs a 'condition', such as {gte: 10}")]
    [InlineData("type: event_count, rules: a, condition: {gte: 2}", "2:14: 'correlation' needs a 'timespan', such as 5m")]
    [InlineData("type: event_count, rules: a, timespan: ten, condition: {gte: 2}", "2:54: 'ten' is not a duration; write 250ms, 10s, 5m, 2h or 7d, at most 366d")]
    [InlineData("type: event_count, rules: a, timespan: 1s, condition: {gte: x}", "2:75: 'gte' takes a number")]
    [InlineData("type: event_count, rules: a, timespan: 1s, condition: {gthe: 1, gt: 1}", "2:70: unknown key 'gthe' in the condition; did you mean 'gte'?")]
    [InlineData("type: event_count, rules: a, timespan: 1s, condition: {}", "2:69: the condition compares with nothing; one of gt, gte, lt, lte, eq, neq is needed")]
    [InlineData("type: value_count, rules: a, timespan: 1s, condition: {gte: 1}", "2:69: the condition needs a 'field'")]
    [InlineData("type: event_count, rules: a, groupby: x, timespan: 1s, condition: {gte: 1}", "2:44: unknown key 'groupby' under 'correlation'; did you mean 'group-by'?")]
    [InlineData("type: temporal, rules: [a, b], timespan: 1s, condition: a and x", "2:71: 'x' is not one of this correlation's rules")]
    [InlineData("type: temporal, rules: [a, b], group-by: w, aliases: {w: {a: x}}, timespan: 1s", "2:72: the alias 'w' does not say which field it is in 'b'")]
    public void Faults(string correlation, string fault) => Assert.Equal(
        ["k.yml:" + fault],
        Sigma.Load(RuleOptions.Default, Rule("a"), Rule("b"), ("k.yml", "title: K\ncorrelation: {" + correlation + "}")).Errors.Select(e => e.ToString()));

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Feed(RuleEngine engine, List<Finding> found, string user, string value, List<WeakReference>? kept)
    {
        var subject = At("a", 0, user, value);
        kept?.Add(new WeakReference(subject));
        engine.Evaluate(subject, found);
        if (found.Count > 1)
            found.RemoveRange(1, found.Count - 1);
    }

    private static int Alive(List<WeakReference> subjects)
    {
        GC.Collect();
        return subjects.Count(s => s.IsAlive);
    }

    private static (string, string) Rule(string name) => (name + ".yml", $"title: {name}\nlogsource: {{product: windows, category: any}}\ndetection: {{s: {{F: {name}}}, condition: s}}");

    private static RuleBook Book(string correlation) => Sigma.Book(
        Rule("a"), Rule("b"), Rule("c"), ("k.yml", "title: K\nid: 00000000-0000-4000-8000-000000000009\ncorrelation: {" + correlation + "}"));

    private static List<Finding> Run(RuleBook book, string events)
    {
        var engine = new RuleEngine(book);
        var found = new List<Finding>();
        int second = -1;
        foreach (string e in events.Split(' '))
        {
            string[] value = e.Split('='), user = value[0].Split(':'), rule = user[0].Split('@');
            second = rule.Length > 1 ? int.Parse(rule[1], System.Globalization.CultureInfo.InvariantCulture) : second + 1;
            engine.Evaluate(At(rule[0], second, user.Length > 1 ? user[1] : "u", value.Length > 1 ? value[1] : "1"), found);
        }

        return found;
    }

    private static RecordSubject At(string rule, int second, string user, string value) => new(
        Source, [new("F", FieldValue.Of(rule)), new("user", FieldValue.Of(user)), new("value", FieldValue.Of(value))], Sigma.Noon.AddSeconds(second));
}
