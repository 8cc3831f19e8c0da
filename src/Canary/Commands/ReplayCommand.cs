using System.CommandLine;
using System.Globalization;
using Canary.Replay;
using Canary.Replaying;
using Canary.Rules;
using Canary.Views;
using Canary.Yaml;

namespace Canary.Commands;

/// <summary><c>canary replay</c>: recorded events through the rules.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "events as JSON: what `watch --record` wrote, or Windows events exported from EVTX; gzip too; - for stdin", Arity = ArgumentArity.OneOrMore };
        var stats = new Option<bool>("--stats") { Description = "print events, seconds and events per second to stderr" };
        var sources = new Option<string?>("--logsources") { Description = "more rows for the table of log sources, see docs/replay.md", HelpName = "FILE" };
        var verify = WatchCommand.VerifyIndex();
        var command = new Command("replay", "recorded events through the rules") { files, stats, sources, verify };
        command.SetAction((parsed, cancel) => RunAsync(parsed, parsed.GetValue(files)!, parsed.GetValue(stats), parsed.GetValue(sources), WatchCommand.MatchingOf(parsed, verify), cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string[] files, bool stats, string? sources, RuleMatching matching, CancellationToken cancel)
    {
        if (!WatchCommand.TryFailOn(parsed, out var failOn))
            return ExitCode.Usage;
        var settings = Settings.Load(parsed, withRules: true, recorded: true);
        if (settings.Tell(parsed) || TableOf(parsed, sources) is not { } table)
            return ExitCode.Usage;
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        bool quiet = parsed.GetValue(GlobalOptions.Quiet);
        var view = new ReplayView(output, error, parsed.GetValue(GlobalOptions.Json), quiet, shows: !quiet && error == Console.Error && !Console.IsErrorRedirected);
        var load = settings.Rules!;
        if (load.Errors.Count > 0)
            view.Note($"rules refused: {load.Refused}, not supported: {load.Unsupported}; canary rules check says why");
        if (load.Book.Rules.Count == 0)
            view.Note("there is no rule to match: --no-default-rules leaves those of --rules and canary.yml alone");
        var run = new ReplayRun(new RuleEngine(load.Book, matching: matching), table, view, cancel);
        foreach (string file in files)
        {
            if (!cancel.IsCancellationRequested)
                await run.ReadAsync(file);
        }

        var summary = run.Summary;
        view.Summary(summary);
        if (stats)
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"events {summary.Events} seconds {summary.Seconds:0.000} events_per_second {summary.Events / Math.Max(summary.Seconds, 1e-6):0}"));
        return WatchCommand.TellDisagreements(parsed, summary.Disagreements) ? ExitCode.Unable
            : summary.Stopped && failOn is null ? ExitCode.Clean
            : !summary.Stopped && (summary.Unread > 0 || summary.Events == 0) ? ExitCode.Unread
            : failOn is { } level && run.Worst >= level ? ExitCode.Findings
            : ExitCode.Clean;
    }

    /// <summary>Null when the user's rows are at fault: all faults are told.</summary>
    private static LogSourceTable? TableOf(ParseResult parsed, string? file)
    {
        var table = LogSourceTable.BuiltIn();
        if (file is null)
            return table;
        var (unread, faults) = (new List<Diagnostic>(), new Diagnostics());
        foreach (var source in RuleSources.From(file, unread))
            table = table.With(source.Text, source.Path, faults);
        foreach (var fault in unread.Concat(faults.All))
            parsed.InvocationConfiguration.Error.WriteLine(RulesCheck.Line(fault));
        return unread.Count + faults.Count > 0 ? null : table;
    }
}
