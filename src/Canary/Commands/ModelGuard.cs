using System.CommandLine;
using System.Runtime.Versioning;
using Canary.Alerts.Storage;
using Canary.Config;
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
    private static readonly Option<string[]> Policy = new("--policy")
    {
        Description = "observe, deny-changed or deny-unknown (default: deny-unknown, but for models.policies of canary.yml); "
            + "GLOB=POLICY for some paths, the first that matches",
        HelpName = "POLICY",
        DefaultValueFactory = _ => [],
        CompletionSources = { "observe", "deny-changed", "deny-unknown" },
    };
    private static readonly Option<string?> For = new("--for") { Description = "end after this time: 250ms 10s 5m 2h 7d", HelpName = "DURATION" };
    private static readonly Option<string> Deadline = new("--deadline")
    {
        Description = "how long a process waits at most while no part of its file can be compared",
        HelpName = "DURATION",
        DefaultValueFactory = _ => "30s",
    };
    private static readonly Option<string?> Seal = new("--seal")
    {
        Description = "what keeps files as they are that were compared whole: flag: the immutable flag, until the gate ends; verity: fs-verity, for good, "
            + "else the flag; none (default: models.seal of canary.yml)",
        HelpName = "WHAT",
        CompletionSources = { "flag", "verity", "none" },
    };
    private static readonly Option<bool> NoSeal = new("--no-seal") { Description = "the same as --seal none" };
    private static readonly Option<bool> Ahead = new("--ahead")
    {
        Description = "compare files before anyone opens them, while nobody waits for the gate, so that a mapping need not wait (default: models.ahead of canary.yml)",
    };
    private static readonly Option<string?> Death = new("--on-death")
    {
        Description = "when the gate dies: end; allow: it is started again, and all may be opened until then; "
            + "deny: it is started again, and all is refused until then (default: models.on_death of canary.yml)",
        HelpName = "WHAT",
        CompletionSources = { "end", "allow", "deny" },
    };

    /// <summary>Given by a guard to the process that it runs the gate in.</summary>
    public static readonly Option<string?> Worker = new("--worker") { Hidden = true, Description = "given by a guard to the process that it runs the gate in" };

    /// <summary>What became of the process before.</summary>
    public static readonly Option<string?> Before = new("--before") { Hidden = true, Description = "what became of the process before" };

    public static Command Create()
    {
        var command = new Command("guard", "a gate in front of model files: what differs from the lock, or is in none, is not read")
        {
            Paths, ModelVerify.LockFile, Policy, For, Deadline, Seal, NoSeal, Ahead, Death, Worker, Before,
        };
        command.SetLongAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        string[] paths = parsed.GetValue(Paths)!;
        if (!WatchCommand.TryFailOn(parsed, out _) || ModelCommand.TellMissing(parsed, paths))
            return ExitCode.Usage;
        if (!Duration.TryParse(parsed.GetValue(Deadline)!, out var deadline) || deadline <= TimeSpan.Zero)
            return WatchCommand.Usage(parsed, $"--deadline '{Printable.Line(parsed.GetValue(Deadline)!, 40)}' is no duration: write {Duration.Form}");
        TimeSpan until = Timeout.InfiniteTimeSpan;
        if (parsed.GetValue(For) is { } text && !Duration.TryParse(text, out until))
            return WatchCommand.Usage(parsed, $"--for '{Printable.Line(text, 40)}' is no duration: write {Duration.Form}");
        var death = OnDeath.End;
        if (parsed.GetValue(Death) is { } asked && !OnDeaths.TryParse(asked, out death))
            return WatchCommand.Usage(parsed, $"--on-death '{Printable.Line(asked, 40)}' is none; write end, allow or deny");
        var seal = ModelSeal.Flag;
        if (parsed.GetValue(Seal) is { } kept && !ModelSeals.TryParse(kept, out seal))
            return WatchCommand.Usage(parsed, $"--seal '{Printable.Line(kept, 40)}' is none; write flag, verity or none");
        if (parsed.GetValue(Policy)!.FirstOrDefault(p => !GatePolicies.TryParse(p, out _) && PathPolicy.Parse(p, ".") is null) is { } wrong)
            return WatchCommand.Usage(parsed, $"--policy '{Printable.Line(wrong, 80)}' is none; write observe, deny-changed or deny-unknown, or GLOB=POLICY");
        string lockFile = parsed.GetValue(ModelVerify.LockFile)!;
        var read = OperatingSystem.IsLinux() ? FileSeal.Stamp(lockFile) : null;
        if (ModelVerify.Read(parsed, lockFile) is not { } held)
            return ExitCode.Stale;
        var settings = Settings.Load(parsed, withRules: false);
        if (!OperatingSystem.IsLinux())
            return Unable(parsed, DaemonGate.NeedsLinux);
        var models = settings.Config.Models;
        var link = parsed.GetValue(Worker) is { } given ? GuardLink.Parse(given) : null;
        var options = new ModelGateOptions
        {
            Paths = paths,
            Policies = PoliciesOf(parsed.GetValue(Policy)!, models),
            Deadline = deadline,
            Seal = parsed.GetValue(NoSeal) ? ModelSeal.None : parsed.GetValue(Seal) is null ? models.Seal : seal,
            Ahead = parsed.GetValue(Ahead) || models.Ahead,
            SealRecord = Path.Combine(StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State)), "model-seals"),
            Trusted = DaemonGate.OwnProgram(),
            Group = link?.Group ?? -1,
            Pulse = link is null ? null : link.Beat,
        };
        death = parsed.GetValue(Death) is null ? models.OnDeath : death;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            if (death == OnDeath.End || link is not null)
                return await GuardAsync(parsed, options, new LockOnDisk(held, read, lockFile), settings, link, until, end);
            if (until != Timeout.InfiniteTimeSpan)
                end.CancelAfter(until);
            return await new GuardSupervisor(death, deadline, View(parsed, settings).Note).RunAsync(end.Token);
        }
        catch (Exception e) when (e is StateException or IOException or UnauthorizedAccessException)
        {
            return Unable(parsed, e.Message);
        }
    }

    [SupportedOSPlatform("linux")]
    private static async Task<int> GuardAsync(
        ParseResult parsed, ModelGateOptions options, LockOnDisk source, Settings settings, GuardLink? link, TimeSpan until, CancellationTokenSource end)
    {
        var rules = ModelBook.Load(parsed, settings, out bool faulty);
        if (faulty)
            return ExitCode.Usage;
        var view = View(parsed, settings);
        string state = Path.GetDirectoryName(options.SealRecord)!;
        using var run = new GuardRun(state, settings.Config, rules, view, TimeProvider.System);
        var book = source.Book(options.Paths);
        if (ModelGate.Start(options, book, TimeProvider.System, out var gate) is { } lack)
            return Unable(parsed, lack);
        using (gate)
        {
            link?.Stands();
            link?.Ready();
            view.Ready(options.Policies.Otherwise, gate!.Files, book.Files.Count);
            if (link is not null)
            {
                GuardLink.Listen(gate.Leave, end.Cancel, () => gate.Say("gate", GuardLink.Orphaned, 1));
                if (parsed.GetValue(Before) is { } before)
                    gate.Say("worker", before, 1);
            }
            else if (until != Timeout.InfiniteTimeSpan)
            {
                end.CancelAfter(until);
            }

            var watch = new LockWatch(gate, source, options.Paths, TimeProvider.System);
            var watching = Task.Run(() => watch.RunAsync(end.Token), CancellationToken.None);
            await run.RunAsync(gate, end.Token);
            await watching;
        }

        _ = WatchCommand.TryFailOn(parsed, out var failOn);
        return failOn is { } level && run.Worst >= level ? ExitCode.Findings : ExitCode.Clean;
    }

    private static PolicyBook PoliciesOf(string[] words, ModelsConfig config)
    {
        if (words.Length == 0)
            return new PolicyBook(GatePolicy.DenyUnknown, config.Policies.Paths);
        var otherwise = GatePolicy.DenyUnknown;
        foreach (string word in words)
        {
            if (GatePolicies.TryParse(word, out var policy))
                otherwise = policy;
        }

        return new PolicyBook(otherwise, [.. words.Select(w => PathPolicy.Parse(w, Directory.GetCurrentDirectory())).OfType<PathPolicy>()]);
    }

    private static GuardView View(ParseResult parsed, Settings settings) => new(
        parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, parsed.GetValue(GlobalOptions.Json), parsed.GetValue(GlobalOptions.Quiet),
        settings.Config.Alerts.ConsoleLevel);

    private static int Unable(ParseResult parsed, string why)
    {
        parsed.InvocationConfiguration.Error.WriteLine(Printable.Line(why, 1000));
        return ExitCode.Unable;
    }
}
