using System.Text.Json;
using Canary.Alerts;
using Canary.Alerts.Redaction;
using Canary.Events;
using Canary.Findings;
using Canary.Tests.Alerts;
using Canary.Views;
using Spectre.Console;
using Xunit;

namespace Canary.Tests.Views;

public sealed class WatchViewTests
{
    private static readonly SensorState[] Sensors =
    [
        new("ebpf", "ring", null, [], ["process", "network"]), new("fanotify", null, "needs root; run with sudo", ["files"], []),
    ];

    [Fact]
    public void Json_is_one_object_a_line_with_kind_first_in_the_shapes_of_the_contract()
    {
        using var output = new StringWriter();
        using (var view = new JsonWatchView(output))
        {
            view.Ready(Sensors);
            view.Alert(Alert(), Sighting.First);
            view.Alert(Alert(), Sighting.Again);
            view.Lost(new SensorLoss("ebpf", "process", 3));
            view.Summary(new WatchSummary(1, 3, 1.23456, 10));
        }

        string[] lines = output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(["ready", "alert", "lost", "summary"], lines.Select(l => JsonDocument.Parse(l).RootElement.EnumerateObject().First() is { Name: "kind" } kind ? kind.Value.GetString() : null));
        Assert.Equal("""{"kind":"ready","sensors":[{"name":"ebpf","tier":"ring","unavailable":null,"blind":[],"classes":["process","network"]},{"name":"fanotify","tier":null,"unavailable":"needs root; run with sudo","blind":["files"],"classes":[]}]}""", lines[0]);
        Assert.Equal("""{"kind":"lost","sensor":"ebpf","class":"process","count":3}""", lines[2]);
        Assert.Equal("""{"kind":"summary","alerts":1,"findings":0,"files":0,"packages":0,"lost":3,"seconds":1.235,"events":10,"slow_expressions":0}""", lines[3]);
        var alert = JsonDocument.Parse(lines[1]).RootElement;
        Assert.Equal(["kind", "id", "time", "rule", "agent", "process", "subject", "matched", "host", "count"], alert.EnumerateObject().Take(10).Select(p => p.Name));
        Assert.Equal("2026-03-04T12:00:00.000Z", alert.GetProperty("time").GetString());
        Assert.Equal(("claude-code", "s1", "agent", true), (Text(alert, "agent", "name"), Text(alert, "agent", "session"), Text(alert, "agent", "attribution"), alert.GetProperty("agent").GetProperty("verified").GetBoolean()));
        Assert.Equal("/usr/bin/node", alert.GetProperty("process").GetProperty("ancestors")[1].GetProperty("image").GetString());
        Assert.Equal(("network", "curl 203.0.113.7:443", "443"), (Text(alert, "subject", "type"), Text(alert, "subject", "identity"), alert.GetProperty("subject").GetProperty("fields").GetProperty("DestinationPort").GetString()));
    }

    [Fact]
    public void A_plain_story_is_printed_once_from_the_level_that_is_asked_for()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var view = new PlainWatchView(output, error, Level.Medium, quiet: false);
        view.Ready(Sensors);
        view.Alert(Alert(Level.Low), Sighting.First);
        view.Alert(Alert(), Sighting.First);
        view.Alert(Alert(), Sighting.Again);
        view.Summary(new WatchSummary(1, 0, 1, 10));
        string story = output.ToString();
        Assert.Equal(1, story.Split('\n').Count(l => l.StartsWith("HIGH claude-code: Credentials sent over the network", StringComparison.Ordinal)));
        Assert.Contains("curl connected to 203.0.113.7:443", story, StringComparison.Ordinal);
        Assert.DoesNotContain("LOW", story, StringComparison.Ordinal);
        Assert.Contains("fanotify     off; needs root; run with sudo", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 alerts, 10 events seen, 0 lost", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_text_drives_no_terminal()
    {
        var finding = Some.Finding(command: "x \x1b]0;owned\a [red]no markup[/] \u202e");
        var alert = new AlertDraft(new Redactor(), "h").Of(finding, "k", Some.Noon, false, false);
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 400;
        console.Write(ColourStory.Of(alert, whole: true));
        PlainStory.Write(output, alert, whole: true);
        Assert.DoesNotContain("\x1b]", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\a', output.ToString());
        Assert.DoesNotContain('\u202e', output.ToString());
        Assert.Contains("[red]no markup[/]", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_live_view_shows_alerts_and_numbers_and_ends()
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 200;
        using (var view = new LiveWatchView(console, Level.Low))
        {
            view.Ready(Sensors);
            view.Alert(Alert(), Sighting.First);
            view.Tick(new WatchStatus(TimeSpan.FromSeconds(61), 2, 1234, 5, 1, Trouble: "the disk is full"));
            view.Summary(new WatchSummary(1, 5, 61, 99));
        }

        string shown = output.ToString();
        foreach (string part in (string[])["Credentials sent over the network", "00:01:01  2 sessions  1234 events/s  1 alerts", "5 lost", "the disk is full", "99 events seen"])
            Assert.Contains(part, shown, StringComparison.Ordinal);
    }

    private static Alert Alert(Level level = Level.High) => new AlertDraft(new Redactor(), "h").Of(Some.Finding(level: level), "k", Some.Noon, false, false);

    private static string? Text(JsonElement element, string part, string name) => element.GetProperty(part).GetProperty(name).GetString();
}
