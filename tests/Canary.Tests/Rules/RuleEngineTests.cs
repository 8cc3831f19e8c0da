using Canary.Findings;
using Canary.Rules;
using Xunit;

namespace Canary.Tests.Rules;

public sealed class RuleEngineTests
{
    [Theory]
    [InlineData("{product: linux}", "linux", "process_creation", null, true)]
    [InlineData("{category: process_creation}", "linux", "process_creation", null, true)]
    [InlineData("{product: linux, category: file_event}", "linux", "process_creation", null, false)]
    [InlineData("{product: windows}", "linux", "process_creation", null, false)]
    [InlineData("{product: linux, service: sshd}", "linux", null, "sshd", true)]
    [InlineData("{product: linux, service: sshd}", "linux", null, null, false)]
    [InlineData("{product: LINUX}", "linux", null, "auth", true)]
    public void A_rule_sees_the_events_of_its_log_source(string source, string product, string? category, string? service, bool fires)
    {
        var book = Sigma.Book(("r.yml", $"title: T\nlogsource: {source}\ndetection: {{s: {{Image: x}}, condition: s}}"));
        Assert.Equal(fires, Sigma.Findings(book, Sigma.Event(new LogSource(product, category, service), ("Image", "x"))).Count == 1);
    }

    [Fact]
    public void A_finding_carries_the_rules_facts_and_what_matched_by_selection()
    {
        var book = Sigma.Book(("my-rule.yml", """
            title: Title
            id: 8f0c6a3e-5d0b-4f59-9a55-000000000001
            level: high
            author: Me
            description: Why.
            tags: [attack.t1059]
            references: [https://example.org]
            falsepositives: [none]
            logsource: {category: any}
            detection:
              first: {F|contains: a, G: 1}
              second: {H: x}
              other: {H: y}
              condition: first and not second and 1 of *
            """));
        var finding = Sigma.Findings(book, Sigma.Event(("F", "cat"), ("G", 1), ("H", "y"))).Single();
        Assert.Equal(("8f0c6a3e-5d0b-4f59-9a55-000000000001", "my-rule", "Title", Level.High, "Why.", "Me"),
            (finding.Rule.Id, finding.Rule.Slug, finding.Rule.Title, finding.Rule.Level, finding.Rule.Why, finding.Rule.Author));
        Assert.Equal([new("F", "cat", "first"), new("G", "1", "first")], finding.Matched);
    }

    [Fact]
    public void A_building_block_never_alerts()
    {
        var book = Sigma.Book(("r.yml", Sigma.Head + "detection: {s: {F: 1}, condition: s}\ncanary: {building_block: true}"));
        Assert.Empty(Sigma.Findings(book, Sigma.Event(("F", 1))));
    }

    [Fact]
    public void Identity_is_what_the_rule_says()
    {
        var book = Sigma.Book(("r.yml", Sigma.Head + "detection: {s: {F: 1}, condition: s}\ncanary: {identity: [G, H]}"));
        var found = Sigma.Findings(book, Sigma.Event(("F", 1), ("G", "x"), ("CommandLine", "a")), Sigma.Event(("F", 1), ("G", "x"), ("CommandLine", "b")));
        Assert.Single(found.Select(f => f.Key).Distinct());
    }

    [Fact]
    public void A_rule_without_an_id_has_the_same_one_in_every_run()
    {
        const string Text = Sigma.Head + "detection: {s: {F: 1}, condition: s}";
        Assert.Equal(Sigma.Book(("/a/r.yml", Text)).Rules[0].Facts.Id, Sigma.Book(("/b/r.yml", Text)).Rules[0].Facts.Id);
    }

    [Fact]
    public void An_event_that_matches_nothing_allocates_nothing()
    {
        var book = Sigma.Book(("r.yml", Sigma.Head + """
            detection:
              a: {F|contains: [x, y], G|gt: 5, H|re: 'a+b', I|cidr: 10.0.0.0/8}
              b: {J|fieldref: F, K|startswith|windash: ' -x', L|cased: Q, N: 17}
              c: {M|endswith: ['q*r', 'z']}
              condition: a or b or c
            canary: {descendant_of: {Image: /x}}
            """));
        var engine = new RuleEngine(book);
        var found = new List<Finding>();
        var e = Sigma.Event(
            ("F", "nothing"), ("G", 3), ("H", "aac"), ("I", "192.168.1.1"), ("J", "other"), ("K", "k"), ("L", "l"), ("M", "m"), ("N", "n"),
            ("AncestorImages", new[] { "/a", "/b" }));
        for (int i = 0; i < 100; i++)
            engine.Evaluate(e, found);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            engine.Evaluate(e, found);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(found);
    }

    [Fact]
    public void A_field_is_taken_from_the_subject_once_for_all_rules()
    {
        var book = Sigma.Book([.. Enumerable.Range(0, 20).Select(i => ($"r{i}.yml", Sigma.Head + $"detection: {{s: {{F: v{i}, G: 1}}, condition: s}}"))]);
        var subject = new CountingSubject();
        new RuleEngine(book).Evaluate(subject, []);
        // F and G
        Assert.Equal(2, subject.Reads);
    }

    [Fact]
    public void The_shipped_rules_stand_and_pass_their_own_cases()
    {
        var load = RuleLoader.Load(RuleSources.BuiltIn());
        Assert.Empty(load.Errors.Select(e => e.ToString()));
        var trial = new RuleTrial(load.Book);
        Assert.Empty(load.Book.Rules.SelectMany(r => r.Cases.Select(c => trial.Fault(r, c) is { } fault ? $"{r.Path}:{c.Line}: {fault}" : null)).OfType<string>());
        Assert.Empty(load.Book.Rules.Where(r => !r.Cases.Any(c => c.Fires) || r.Cases.All(c => c.Fires)).Select(r => r.Path));
    }

    private sealed class CountingSubject : Subject
    {
        public int Reads { get; private set; }

        public override LogSource Source => new("windows", "any");

        public override string Type => "process";

        public override string Identity => "";

        public override DateTimeOffset Time => default;

        public override FieldValue Get(Field field)
        {
            Reads++;
            return FieldValue.Of("x");
        }

        public override IReadOnlyList<Field> Names => [];
    }
}
