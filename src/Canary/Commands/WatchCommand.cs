using System.CommandLine;
using Canary.Alerts.Storage;
using Canary.Findings;
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
        var command = new Command("watch", "the monitor in the foreground: sensors, rules, alerts") { duration };
        command.SetAction((parsed, cancel) => RunAsync(parsed, parsed.GetValue(duration), cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? duration, CancellationToken cancel)
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
            using var monitor = new CanaryMonitor(settings, RulesOf(parsed, settings), StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State)), "watch", view, TimeProvider.System);
            monitor.Start();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (until is { } time)
                end.CancelAfter(time);
            if (monitor.SeesProcesses)
                await monitor.WaitAsync(end.Token);
            await monitor.StopAsync();
            return !monitor.SeesProcesses ? ExitCode.Unable
                : failOn is { } level && monitor.Worst >= level ? ExitCode.Findings
                : ExitCode.Clean;
        }
        catch (StateException e)
        {
            parsed.InvocationConfiguration.Error.WriteLine(Printable.Line(e.Message, 1000));
            return ExitCode.Unable;
        }
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
