using System.CommandLine;
using System.Globalization;
using Canary.Alerts;
using Canary.Alerts.Storage;
using Canary.Alerts.Story;
using Canary.Findings;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary alerts list</c>: newest first.</summary>
internal static class AlertsList
{
    public static Command Create()
    {
        var since = new Option<string?>("--since") { Description = "seen last within this time (2h, 7d) or after this moment (RFC 3339)", HelpName = "WHEN" };
        var level = new Option<string?>("--level") { Description = "of this level or above", HelpName = "LEVEL" };
        var limit = new Option<int>("--limit") { Description = "at most so many; 0 for all (default 50, with --json all)", HelpName = "N", DefaultValueFactory = _ => -1 };
        var command = new Command("list", "the stored alerts, newest first") { since, level, limit };
        command.SetAction(parsed =>
        {
            if (!TryFilter(parsed, parsed.GetValue(since), parsed.GetValue(level), out var filter))
                return ExitCode.Usage;
            int most = parsed.GetValue(limit) is >= 0 and var asked ? asked : parsed.GetValue(GlobalOptions.Json) ? 0 : 50;
            return AlertsCommand.With(parsed, store => List(parsed, store, filter, most == 0 ? int.MaxValue : most));
        });
        return command;
    }

    private static int List(ParseResult parsed, AlertStore? store, AlertFilter filter, int most)
    {
        var output = parsed.InvocationConfiguration.Output;
        var error = parsed.InvocationConfiguration.Error;
        bool json = parsed.GetValue(GlobalOptions.Json);
        int shown = 0;
        foreach (var alert in store?.List(filter) ?? [])
        {
            if (shown++ == most)
            {
                error.WriteLine($"more than {most}: --limit 0 shows all");
                break;
            }

            output.WriteLine(json ? AlertJson.Write(alert) : Line(alert));
        }

        if (shown == 0 && !json && !parsed.GetValue(GlobalOptions.Quiet))
            error.WriteLine($"no alerts in {AlertsCommand.Directory(parsed)}");
        if (store?.OutboxCounts() is { Failing: > 0 } or { GivenUp: > 0 })
            error.WriteLine(Mails(store.OutboxCounts()));
        return ExitCode.Clean;
    }

    private static string Line(Alert alert)
    {
        string marks = (alert.Silenced ? " silenced" : "") + (alert.Acknowledged is null ? "" : " seen");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{alert.Id}  {alert.LastTime.UtcDateTime:yyyy-MM-dd HH:mm:ss}  {alert.Rule.Level,-13} {alert.Count,5}x  {Printable.Line(alert.Agent.Name ?? "-", 24),-12}  {Printable.Line(alert.Rule.Title, 100)}: {Printable.Line(AlertStory.Subject(alert), 160)}{marks}");
    }

    public static string Mails(OutboxCounts counts) => Printable.Line(string.Create(
        CultureInfo.InvariantCulture,
        $"mail: {counts.Waiting} waiting ({counts.Failing} after a failure), {counts.GivenUp} given up{(counts.LastReason is { } reason ? "; last: " + reason : "")}"), 1000);

    private static bool TryFilter(ParseResult parsed, string? since, string? level, out AlertFilter filter)
    {
        filter = new AlertFilter();
        var error = parsed.InvocationConfiguration.Error;
        if (level is not null)
        {
            if (!Levels.TryParse(level, out var least))
            {
                error.WriteLine($"canary: --level '{Printable.Line(level, 40)}' is no level; write informational, low, medium, high or critical");
                return false;
            }

            filter = filter with { Least = least };
        }

        if (since is null)
            return true;
        if (Duration.TryParse(since, out var ago))
        {
            filter = filter with { Since = TimeProvider.System.GetUtcNow() - ago };
        }
        else if (DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            filter = filter with { Since = moment };
        }
        else
        {
            error.WriteLine($"canary: --since '{Printable.Line(since, 40)}' is neither {Duration.Form}, nor a time such as 2026-03-04T12:00:00Z");
            return false;
        }

        return true;
    }
}
