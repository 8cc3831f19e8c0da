using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Canary.Alerts.Storage;
using Canary.Config;
using Canary.Events;
using Canary.Findings;
using Canary.Text;
using Canary.Views;
using Canary.Watching;

namespace Canary.Commands;

/// <summary><c>canary run -- COMMAND</c>: one command with its whole tree watched as an agent session; the gate for a CI step.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var agent = new Option<string?>("--agent") { Description = "what to call the session (default: the command's name)", HelpName = "NAME" };
        var report = new Option<string?>("--report") { Description = "write alerts and summary here as NDJSON", HelpName = "FILE" };
        var words = new Argument<string[]>("COMMAND") { Description = "the command and its arguments, behind --", Arity = ArgumentArity.OneOrMore };
        var command = new Command("run", "runs COMMAND with its whole tree watched; the command's own exit code, 120 where findings fail the gate, 125 where Canary could not watch") { agent, report, words };
        command.SetAction((parsed, cancel) => RunAsync(parsed, parsed.GetValue(agent), parsed.GetValue(report), parsed.GetValue(words)!, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? agent, string? report, string[] words, CancellationToken cancel)
    {
        var error = parsed.InvocationConfiguration.Error;
        if (!WatchCommand.TryFailOn(parsed, out var failOn))
            return ExitCode.Usage;
        var settings = Settings.Load(parsed, withRules: true);
        if (settings.Tell(parsed))
            return ExitCode.Usage;
        try
        {
            // Standard output is the command's; what Canary has to say goes to standard error, or to the report.
            using var file = report is null ? null : new StreamWriter(report);
            using IWatchView view = file is not null ? new JsonWatchView(file)
                : parsed.GetValue(GlobalOptions.Json) ? new JsonWatchView(error)
                : new PlainWatchView(error, error, settings.Config.Alerts.ConsoleLevel, parsed.GetValue(GlobalOptions.Quiet), announces: false);
            using var monitor = Make(parsed, settings, view);
            string name = agent ?? Path.GetFileName(words[0]);
            monitor.Start(m => OpenSession(m, name));
            if (!monitor.SeesProcesses)
            {
                await monitor.StopAsync();
                error.WriteLine("Canary could not watch; the command was not run");
                return ExitCode.RunUnwatched;
            }

            int code = await RunChildAsync(words, error, cancel);
            await monitor.StopAsync();
            return monitor.Worst >= (failOn ?? Level.High) ? ExitCode.GateFailed : code;
        }
        catch (Exception e) when (e is StateException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine(Printable.Line(e.Message, 1000));
            return ExitCode.RunUnwatched;
        }
    }

    /// <summary>With the usual state; with its own where that belongs to a running daemon, or cannot be had.</summary>
    private static CanaryMonitor Make(ParseResult parsed, Settings settings, IWatchView view)
    {
        string? named = parsed.GetValue(GlobalOptions.State);
        var rules = WatchCommand.RulesOf(parsed, settings);
        try
        {
            return new CanaryMonitor(settings, rules, StateDirectory.Resolve(named), "run", view, TimeProvider.System);
        }
        catch (StateException) when (named is null)
        {
            string own = Directory.CreateTempSubdirectory("canary-run-").FullName;
            view.Note($"the alerts of this run are in {own} (the usual state is in use)");
            return new CanaryMonitor(settings, rules, own, "run", view, TimeProvider.System);
        }
    }

    /// <summary>Canary itself is the root: a child has the tag from its first instruction on, before any exec of it could be matched.</summary>
    private static void OpenSession(CanaryMonitor monitor, string name)
    {
        var self = monitor.Processes.Find(new ProcessKey(Environment.ProcessId, 0)) ?? monitor.Processes.Discover(new ProcessKey(Environment.ProcessId, 0));
        if (self is null)
            return;
        var session = monitor.Sessions.Open(self, new AgentProfile(name));
        self.Session = session;
        monitor.Sessions.Follow(self, 0);
    }

    private static async Task<int> RunChildAsync(string[] words, TextWriter error, CancellationToken cancel)
    {
        using var child = new Process { StartInfo = new ProcessStartInfo(words[0]) { UseShellExecute = false } };
        foreach (string word in words.AsSpan(1))
            child.StartInfo.ArgumentList.Add(word);
        try
        {
            child.Start();
        }
        catch (Win32Exception e)
        {
            error.WriteLine($"{Printable.Line(words[0], 200)}: {e.Message}");
            return e.NativeErrorCode == 2 ? 127 : 126;
        }

        try
        {
            await child.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // The terminal's Ctrl-C reached the child too; it has a moment to leave by itself.
            if (!child.WaitForExit(TimeSpan.FromSeconds(5)))
                child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(CancellationToken.None);
        }

        return child.ExitCode;
    }
}
