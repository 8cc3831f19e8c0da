using System.CommandLine;
using Canary.Alerts.Storage;
using Canary.Guarding;
using Canary.ModelFiles;
using Canary.Models.Gating;
using Canary.Sensors.Gating;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary model guard</c>: the gate in front of model files, in the foreground.</summary>
internal static class ModelGuard
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "directories and files to guard", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Policy = new("--policy") { Description = "observe, deny-changed or deny-unknown", HelpName = "POLICY", DefaultValueFactory = _ => GatePolicy.DenyUnknown.Word(), CompletionSources = { "observe", "deny-changed", "deny-unknown" } };
    private static readonly Option<string?> For = new("--for") { Description = "end after this time: 250ms 10s 5m 2h 7d", HelpName = "DURATION" };
    private static readonly Option<string> Deadline = new("--deadline") { Description = "how long a process waits at most while no part of its file can be compared", HelpName = "DURATION", DefaultValueFactory = _ => "30s" };
    private static readonly Option<bool> NoSeal = new("--no-seal") { Description = "do not make files immutable that were compared whole" };

    public static Command Create()
    {
        var command = new Command("guard", "a gate in front of model files: what differs from the lock, or is in none, is not read") { Paths, ModelVerify.LockFile, Policy, For, Deadline, NoSeal };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        string[] paths = parsed.GetValue(Paths)!;
        if (!WatchCommand.TryFailOn(parsed, out var failOn) || ModelCommand.TellMissing(parsed, paths))
            return ExitCode.Usage;
        if (!GatePolicies.TryParse(parsed.GetValue(Policy)!, out var policy))
            return WatchCommand.Usage(parsed, $"--policy '{Printable.Line(parsed.GetValue(Policy)!, 40)}' is none; write observe, deny-changed or deny-unknown");
        if (!Duration.TryParse(parsed.GetValue(Deadline)!, out var deadline) || deadline <= TimeSpan.Zero)
            return WatchCommand.Usage(parsed, $"--deadline '{Printable.Line(parsed.GetValue(Deadline)!, 40)}' is no duration: write {Duration.Form}");
        TimeSpan until = Timeout.InfiniteTimeSpan;
        if (parsed.GetValue(For) is { } text && !Duration.TryParse(text, out until))
            return WatchCommand.Usage(parsed, $"--for '{Printable.Line(text, 40)}' is no duration: write {Duration.Form}");
        string lockFile = parsed.GetValue(ModelVerify.LockFile)!;
        if (ModelVerify.Read(parsed, lockFile) is not { } held)
            return ExitCode.Stale;
        var settings = Settings.Load(parsed, withRules: false);
        var rules = ModelBook.Load(parsed, settings, out bool faulty);
        if (faulty)
            return ExitCode.Usage;
        if (!OperatingSystem.IsLinux())
            return Unable(parsed, DaemonGate.NeedsLinux);
        string state = StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State));
        var options = new ModelGateOptions
        {
            Paths = paths,
            Policy = policy,
            Deadline = deadline,
            Seals = !parsed.GetValue(NoSeal),
            SealRecord = Path.Combine(state, "model-seals"),
            Trusted = DaemonGate.OwnProgram(),
        };
        try
        {
            var view = new GuardView(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, parsed.GetValue(GlobalOptions.Json), parsed.GetValue(GlobalOptions.Quiet), settings.Config.Alerts.ConsoleLevel);
            using var run = new GuardRun(state, settings.Config, rules, view, TimeProvider.System);
            var book = LockedBook.Of(new AskedFiles(held, lockFile, paths));
            if (ModelGate.Start(options, book, TimeProvider.System, out var gate) is { } lack)
                return Unable(parsed, lack);
            using (gate)
            {
                view.Ready(policy, gate!.Files, book.Files.Count);
                using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                if (until != Timeout.InfiniteTimeSpan)
                    end.CancelAfter(until);
                await run.RunAsync(gate, end.Token);
            }

            return failOn is { } level && run.Worst >= level ? ExitCode.Findings : ExitCode.Clean;
        }
        catch (Exception e) when (e is StateException or IOException or UnauthorizedAccessException)
        {
            return Unable(parsed, e.Message);
        }
    }

    private static int Unable(ParseResult parsed, string why)
    {
        parsed.InvocationConfiguration.Error.WriteLine(Printable.Line(why, 1000));
        return ExitCode.Unable;
    }
}
