using System.CommandLine;
using Canary.Alerts.Storage;
using Canary.Findings;
using Canary.Rules;
using Canary.Text;
using Canary.Views;
using Canary.Watching;

namespace Canary.Commands;

/// <summary><c>canary watch</c>: the monitor in the foreground.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var duration = new Option<string?>("--for") { Description = "end after this time: 250ms 10s 5m 2h 7d", HelpName = "DURATION" };
        var record = new Option<string?>("--record") { Description = "write every event to this file as NDJSON, unredacted, for replay", HelpName = "FILE" };
        var verify = VerifyIndex();
        var command = new Command("watch", "the monitor in the foreground: sensors, rules, alerts") { duration, record, verify };
        command.SetLongAction((parsed, cancel) => RunAsync(parsed, parsed.GetValue(duration), parsed.GetValue(record), MatchingOf(parsed, verify), cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? duration, string? recordTo, RuleMatching matching, CancellationToken cancel)
    {
        TimeSpan? until = null;
        if (duration is not null)
        {
            if (!Duration.TryParse(duration, out var length))
                return Usage(parsed, $"--for '{Printable.Line(duration, 40)}' is no duration: write {Duration.Form}");
            until = length;
        }

        if (!TryFailOn(parsed, out var failOn))
            return ExitCode.Usage;
        var settings = Settings.Load(parsed, withRules: true);
        if (settings.Tell(parsed))
            return ExitCode.Usage;
        using var view = WatchViews.Choose(parsed, settings.Config);
        try
        {
            using var record = recordTo is null ? null : new EventRecord(recordTo);
            string state = StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State));
            using var monitor = new CanaryMonitor(settings, RulesOf(parsed, settings), state, "watch", view, TimeProvider.System) { Record = record, Matching = matching };
            monitor.Start();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (until is { } time)
                end.CancelAfter(time);
            if (monitor.SeesProcesses)
                await monitor.WaitAsync(end.Token);
            await monitor.StopAsync();
            bool differs = TellDisagreements(parsed, monitor.Disagreements);
            return !monitor.SeesProcesses || differs ? ExitCode.Unable
                : failOn is { } level && monitor.Worst >= level ? ExitCode.Findings
                : ExitCode.Clean;
        }
        catch (Exception e) when (e is StateException or IOException or UnauthorizedAccessException)
        {
            parsed.InvocationConfiguration.Error.WriteLine(Printable.Line(e.Message, 1000));
            return ExitCode.Unable;
        }
    }

    public static Option<bool> VerifyIndex() => new("--verify-index") { Description = "match each event a second time without the index, and tell where they differ; slow" };

    public static RuleMatching MatchingOf(ParseResult parsed, Option<bool> verify) => parsed.GetValue(verify) ? RuleMatching.Verified : RuleMatching.Indexed;

    /// <summary>True when there are some.</summary>
    public static bool TellDisagreements(ParseResult parsed, long events)
    {
        if (events > 0)
            parsed.InvocationConfiguration.Error.WriteLine($"index and full scan differ on {events} events: a defect of Canary's; the full scan's word was taken");
        return events > 0;
    }

    public static RuleWatch RulesOf(ParseResult parsed, Settings settings) =>
        new(Settings.RuleDirectories(parsed, settings.Config), () => Settings.LoadRules(parsed, settings.Config));

    public static bool TryFailOn(ParseResult parsed, out Level? level)
    {
        level = null;
        if (parsed.GetValue(GlobalOptions.FailOn) is not { } word)
            return true;
        if (Levels.TryParse(word, out var known))
        {
            level = known;
            return true;
        }

        Usage(parsed, $"--fail-on '{Printable.Line(word, 40)}' is no level; write informational, low, medium, high or critical");
        return false;
    }

    public static int Usage(ParseResult parsed, string message)
    {
        parsed.InvocationConfiguration.Error.WriteLine(message);
        return ExitCode.Usage;
    }
}
