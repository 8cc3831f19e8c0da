using System.Globalization;
using Canary.Text;

namespace Canary.Alerts.Story;

/// <summary>An alert told in the order in which a reader asks: what happened, who did it, why it matters, how it came to it, what to do. Console and mail both tell it.</summary>
public static class AlertStory
{
    private const int MostInLine = 1000;
    private const int MostInAncestor = 240;
    private const int MostLines = 24;

    public static IReadOnlyList<StoryPart> Of(Alert alert)
    {
        var parts = new List<StoryPart> { new("What happened", Happened(alert)), new("Who", Who(alert)) };
        if (alert.Why is { Length: > 0 } why)
            parts.Add(new StoryPart("Why it matters", [new StoryLine(0, null, Line(why))]));
        if (alert.Evidence.Count > 0)
            parts.Add(new StoryPart("What led to it", Evidence(alert)));
        if (alert.Process is { } process)
            parts.Add(new StoryPart("Process chain", Chain(process)));
        if (alert.Matched.Count > 0)
            parts.Add(new StoryPart("What matched", [.. alert.Matched.Take(MostLines).Select(m => new StoryLine(0, m.Field, Line($"{m.Value}  ({m.By})")))]));
        parts.Add(new StoryPart("What to do", Advice(alert)));
        return parts;
    }

    /// <summary>One line: level, agent, title.</summary>
    public static string Headline(Alert alert) => $"{alert.Rule.Level.ToUpperInvariant()} {Line(alert.Agent.Name ?? "no agent")}: {Line(alert.Rule.Title)}";

    /// <summary>What the alert is about, in a few words.</summary>
    public static string Subject(Alert alert)
    {
        var fields = alert.Subject.Fields;
        string doer = Name(alert.Process?.Image) is { Length: > 0 } name ? name : "a process";
        return Line(alert.Subject.Type switch
        {
            "process" when alert.Process is { } p => $"ran {p.CommandLine}",
            "network" when fields.GetValueOrDefault("DestinationIp") is { } ip =>
                $"{doer} connected to {(ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]" : ip)}:{fields.GetValueOrDefault("DestinationPort", "?")}",
            "dns" when fields.GetValueOrDefault("QueryName") is { } query => $"{doer} asked the DNS for {query}",
            "file" or "config" when fields.GetValueOrDefault("TargetFilename") is { } file => $"{doer} touched {file}",
            _ => $"{alert.Subject.Type} {alert.Subject.Identity}",
        });
    }

    private static List<StoryLine> Happened(Alert alert)
    {
        var lines = new List<StoryLine> { new(0, null, Subject(alert)) };
        string when = Clock(alert.Time);
        if (alert.Count > 1)
            when += string.Create(CultureInfo.InvariantCulture, $"; {alert.Count} times until {Clock(alert.LastTime)}");
        lines.Add(new StoryLine(0, "when", when));
        if (alert.Folded > 0)
        {
            lines.Add(new StoryLine(0, "folded", string.Create(
                CultureInfo.InvariantCulture, $"this rule fired so often that {alert.Folded} sightings, also of other subjects, are counted here (alerts.rate_limit)")));
        }

        return lines;
    }

    private static List<StoryLine> Who(Alert alert)
    {
        var agent = alert.Agent;
        var lines = new List<StoryLine>
        {
            new(0, "agent", agent.Name is null ? "none known" : Line(agent.Name) + (agent.Verified ? "" : " (only by its file name; not verified)")),
        };
        if (agent.Session is { } session)
            lines.Add(new StoryLine(0, "session", Line(session)));
        if (agent.Outer.Count > 0)
            lines.Add(new StoryLine(0, "within", Line(string.Join(" in ", agent.Outer))));
        if (agent.Name is not null)
            lines.Add(new StoryLine(0, "at the word of", Line(agent.Attribution)));
        if (alert.Process?.User is { } user)
            lines.Add(new StoryLine(0, "user", Line(user)));
        if (alert.Process?.Cwd is { } cwd)
            lines.Add(new StoryLine(0, "directory", Line(cwd)));
        lines.Add(new StoryLine(0, "host", Line(alert.Host)));
        return lines;
    }

    private static List<StoryLine> Evidence(Alert alert)
    {
        var lines = new List<StoryLine>();
        foreach (var earlier in alert.Evidence.TakeLast(MostLines))
        {
            lines.Add(new StoryLine(0, Clock(earlier.Time), Line($"{earlier.Type} {earlier.Identity}")));
            if (earlier.CommandLine is { } command)
                lines.Add(new StoryLine(1, null, Line(string.Create(CultureInfo.InvariantCulture, $"by {command} ({earlier.Pid})"))));
        }

        lines.Add(new StoryLine(0, Clock(alert.Time), Subject(alert)));
        return lines;
    }

    /// <summary>From the oldest ancestor down to the one that did it.</summary>
    private static List<StoryLine> Chain(AlertProcess process)
    {
        var lines = new List<StoryLine>();
        int depth = 0;
        foreach (var ancestor in process.Ancestors.Take(MostLines).Reverse())
            lines.Add(new StoryLine(depth++, null, Node(ancestor.Pid, ancestor.Image, ancestor.CommandLine, MostInAncestor)));
        lines.Add(new StoryLine(depth, null, Node(process.Pid, process.Image, process.CommandLine, MostInLine), Strong: true));
        return lines;
    }

    private static List<StoryLine> Advice(Alert alert)
    {
        var lines = new List<StoryLine>
        {
            new(0, "look closer", $"canary alerts show {alert.Id}"),
            new(0, "seen, tell no more", $"canary alerts ack {alert.Id}"),
            new(0, "expected here", $"canary alerts silence {Line(alert.Rule.Slug)} --for 7d"),
        };
        lines.AddRange(alert.Rule.Falsepositives.Take(5).Select(f => new StoryLine(0, "harmless when", Line(f))));
        lines.AddRange(alert.Rule.References.Take(5).Select(r => new StoryLine(0, "reference", Line(r))));
        lines.Add(new StoryLine(0, "rule", Line($"{alert.Rule.Slug} ({alert.Rule.Id}){(alert.Rule.Author is { } author ? " by " + author : "")}")));
        return lines;
    }

    private static string Node(int pid, string image, string command, int most) =>
        string.Create(CultureInfo.InvariantCulture, $"{Printable.Line(command.Length > 0 ? command : image, most)} ({pid})");

    private static string Name(string? image) => image is null ? "" : image[(image.LastIndexOfAny(['/', '\\']) + 1)..];

    internal static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture);

    private static string Line(string text) => Printable.Line(text, MostInLine);
}

/// <summary>A heading and what stands under it.</summary>
public sealed record StoryPart(string Heading, IReadOnlyList<StoryLine> Lines);

/// <summary>Text that is safe to show on one line; not yet escaped for HTML or terminal markup.</summary>
/// <param name="Depth">How far it is indented: the generations of a process chain.</param>
/// <param name="Label">What the text is, or null.</param>
public sealed record StoryLine(int Depth, string? Label, string Text, bool Strong = false);
