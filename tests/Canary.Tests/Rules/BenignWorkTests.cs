using Canary.Findings;
using Canary.Rules;
using Canary.Tests.Architecture;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>Ordinary work must not be called an attack: a monitor that cries wolf is switched off.</summary>
public sealed class BenignWorkTests
{
    private static readonly RuleBook Book = RuleLoader.Load(RuleSources.BuiltIn()).Book;

    [Fact]
    public void A_day_of_ordinary_work_alerts_at_no_level_above_low() => Faults.None(
        from finding in Findings(BenignWork.Read().Events)
        where finding.Rule.Level >= Level.Medium
        select $"{finding.Rule.Slug} ({finding.Rule.Level.Word()}): {finding.Subject.Get(Field.Named("CommandLine"))} {finding.Subject.Identity}");

    [Fact]
    public void A_day_of_ordinary_work_is_nearly_silent_at_low_as_well() =>
        Assert.InRange(Findings(BenignWork.Read().Events).Count, 0, 3);

    [Fact]
    public void The_day_is_long_and_of_many_kinds()
    {
        var work = BenignWork.Read();
        Assert.InRange(work.Events.Count(e => e.Source.Category == "process_creation"), 150, 5000);
        Assert.InRange(work.Projects.Count, 6, 100);
        Assert.InRange(work.Events.Select(e => e.Source.Category).Distinct().Count(), 6, 20);
    }

    [Fact]
    public void A_theft_in_the_middle_of_that_day_is_still_seen()
    {
        var work = BenignWork.Read();
        var events = work.Events.Append(Theft("file_access", "/usr/bin/cat", work.End, ("FileName", "/home/dev/.aws/credentials")))
            .Append(Theft("process_creation", "/usr/bin/base64", work.End))
            .Append(Theft("network_connection", "/usr/bin/curl", work.End, ("DestinationIp", "127.0.0.1"), ("Initiated", "true")));
        var slugs = Findings(events).Where(f => f.Rule.Level >= Level.Medium).Select(f => f.Rule.Slug).Order(StringComparer.Ordinal);
        Assert.Equal(["agents_credential_encoded_and_sent", "agents_credential_read_then_network", "agents_credential_shown_by_tool"], slugs);
    }

    private static List<Finding> Findings(IEnumerable<Subject> events) => Sigma.Findings(Book, [.. events]);

    private static RecordSubject Theft(string category, string image, DateTimeOffset time, params (string Name, string Value)[] more) => new(
        new LogSource("linux", category),
        more.Append(("Image", image)).Append(("CommandLine", Path.GetFileName(image)))
            .Append(("AgentName", "claude-code")).Append(("AgentSession", BenignWork.Session))
            .Select(p => KeyValuePair.Create(p.Item1, FieldValue.Of(p.Item2))),
        time);
}
