using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using Canary.Alerts.Storage;
using Canary.Config;
using Canary.Events;
using Canary.Findings;
using Canary.Guarding;
using Canary.Sensors.Landlock;
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
        var models = new Option<string?>("--models") { Description = "below this directory the command reads only what is as the lock says; without root, by Landlock", HelpName = "DIR" };
        var words = new Argument<string[]>("COMMAND") { Description = "the command and its arguments, behind --", Arity = ArgumentArity.OneOrMore };
        var command = new Command("run", "runs COMMAND with its whole tree watched; the command's own exit code, 120 where findings fail the gate, 125 where Canary could not watch") { agent, report, models, ModelVerify.LockFile, words };
        command.SetLongAction((parsed, cancel) => RunAsync(parsed, parsed.GetValue(agent), parsed.GetValue(report), parsed.GetValue(models), parsed.GetValue(words)!, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? agent, string? report, string? models, string[] words, CancellationToken cancel)
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
            using var fenced = OperatingSystem.IsLinux() && models is not null ? Fence(parsed, models, cancel) : null;
            if (models is not null && fenced is null)
                return ExitCode.RunUnwatched;
            using var monitor = Make(parsed, settings, view);
            string name = agent ?? Path.GetFileName(words[0]);
            monitor.Start(m => OpenSession(m, name));
            if (!monitor.SeesProcesses)
            {
                await monitor.StopAsync();
                error.WriteLine("Canary could not watch; the command was not run");
                return ExitCode.RunUnwatched;
            }

            if (OperatingSystem.IsLinux() && fenced is not null)
            {
                view.Note($"{fenced.Readable} model files are as the lock says, and the command reads no others below {Printable.Line(models!, 200)}");
                foreach (var kept in fenced.Kept)
                    monitor.Say(kept);
            }

            int code = await RunChildAsync(words, error, child => OperatingSystem.IsLinux() && fenced is not null ? fenced.Within(child.Start) : child.Start(), cancel);
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

    /// <summary>Null where there is none; told why.</summary>
    [SupportedOSPlatform("linux")]
    private static FencedModels? Fence(ParseResult parsed, string models, CancellationToken cancel)
    {
        string lockFile = parsed.GetValue(ModelVerify.LockFile)!;
        string? lack = ModelFence.Unavailable() ?? (Directory.Exists(models) ? null : $"no such directory: {Printable.Line(models, 200)}");
        if (lack is not null)
            parsed.InvocationConfiguration.Error.WriteLine($"--models: {lack}; the command was not run");
        return lack is null && ModelVerify.Read(parsed, lockFile) is { } held ? FencedModels.Make(held, lockFile, models, TimeProvider.System, cancel) : null;
    }

    private static async Task<int> RunChildAsync(string[] words, TextWriter error, Func<Process, bool> start, CancellationToken cancel)
    {
        using var child = new Process { StartInfo = new ProcessStartInfo(words[0]) { UseShellExecute = false } };
        foreach (string word in words.AsSpan(1))
            child.StartInfo.ArgumentList.Add(word);
        try
        {
            start(child);
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
