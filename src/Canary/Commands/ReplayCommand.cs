using System.CommandLine;
using System.Globalization;
using Canary.Replaying;
using Canary.Rules;
using Canary.Views;

namespace Canary.Commands;

/// <summary><c>canary replay</c>: recorded events through the rules.</summary>
internal static class ReplayCommand
{
    // A read of standard input cannot be called off; the summary does not wait for it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "events as JSON: what `watch --record` wrote, or Windows events exported from EVTX; gzip too; - for stdin", Arity = ArgumentArity.OneOrMore };
        var stats = new Option<bool>("--stats") { Description = "print events, seconds and events per second to stderr" };
        var verify = VerifyIndex();
        var command = new Command("replay", "recorded events through the rules") { files, stats, verify };
        command.SetAction((parsed, cancel) => RunAsync(parsed, parsed.GetValue(files)!, parsed.GetValue(stats), parsed.GetValue(verify), cancel));
        return command;
    }

    public static Option<bool> VerifyIndex() => new("--verify-index") { Description = "match each event a second time without the index, and tell where they differ; slow" };

    private static async Task<int> RunAsync(ParseResult parsed, string[] files, bool stats, bool verify, CancellationToken cancel)
    {
        if (!WatchCommand.TryFailOn(parsed, out var failOn))
            return ExitCode.Usage;
        var settings = Settings.Load(parsed, withRules: true, recorded: true);
        if (settings.Tell(parsed))
            return ExitCode.Usage;
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        bool quiet = parsed.GetValue(GlobalOptions.Quiet);
        var view = new ReplayView(output, error, parsed.GetValue(GlobalOptions.Json), quiet, shows: !quiet && error == Console.Error && !Console.IsErrorRedirected);
        var load = settings.Rules!;
        if (load.Errors.Count > 0)
            view.Note($"{load.Refused} rules were refused and {load.Unsupported} are not supported; canary rules check says why");
        if (load.Book.Rules.Count == 0)
            view.Note("there is no rule to match: --no-default-rules leaves those of --rules and canary.yml alone");
        var run = new ReplayRun(new RuleEngine(load.Book, matching: verify ? RuleMatching.Verified : RuleMatching.Indexed), view, cancel);
        var work = Task.Run(() =>
        {
            foreach (string file in files)
            {
                if (!cancel.IsCancellationRequested)
                    run.Read(file);
            }
        }, CancellationToken.None);
        await Task.WhenAny(work, Task.Delay(Timeout.Infinite, cancel));
        if (!work.IsCompleted)
            await Task.WhenAny(work, Task.Delay(Grace, CancellationToken.None));
        if (work.IsFaulted)
            await work;
        var summary = run.Summary;
        view.Summary(summary);
        if (summary.Disagreements > 0)
            view.Note($"the index and the full scan differ on {summary.Disagreements} events: this is a defect of Canary; the full scan's word was taken");
        if (stats)
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"events {summary.Events} seconds {summary.Seconds:0.000} events_per_second {summary.Events / Math.Max(summary.Seconds, 1e-6):0}"));
        return summary.Disagreements > 0 ? ExitCode.Unable
            : summary.Stopped && failOn is null ? ExitCode.Clean
            : !summary.Stopped && (summary.Unread > 0 || summary.Events == 0) ? ExitCode.Unread
            : failOn is { } level && run.Worst >= level ? ExitCode.Findings
            : ExitCode.Clean;
    }
}
