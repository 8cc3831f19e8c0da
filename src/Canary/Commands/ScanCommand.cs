using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Canary.Advisories;
using Canary.Alerts.Storage;
using Canary.Findings;
using Canary.Scanning;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary scan</c>: the packages that the files of a tree name.</summary>
internal static class ScanCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "a directory, or one file", DefaultValueFactory = _ => ".", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--output") { Description = "write to a file instead of stdout", HelpName = "FILE" };
        var format = new Option<string>("--format") { Description = string.Join(", ", ScanFormats.Names), HelpName = "FORMAT", DefaultValueFactory = _ => "text" };
        format.CompletionSources.Add([.. ScanFormats.Names]);
        format.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => !ScanFormats.Names.Contains(t.Value)))
                result.AddError($"--format: unknown format '{Printable.Line(token.Value, 40)}'{Nearest.Suggestion(token.Value, ScanFormats.Names)}; write {string.Join(", ", ScanFormats.Names)}");
        });
        var noContents = new Option<bool>("--no-contents") { Description = "lockfiles and manifests only; leave the files in package folders unread" };
        var unpacked = new Option<bool>("--unpacked") { Description = "PATH itself is one unpacked package: search all of its files" };
        var command = new Command("scan", "the packages of a tree, from every lockfile and project file in it, and what is known against them") { path, output, format, noContents, unpacked, DbCommand.Trust, DbContents.MaxAge };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(
            parsed, parsed.GetValue(path)!, parsed.GetValue(output), parsed.GetValue(GlobalOptions.Json) ? "ndjson" : parsed.GetValue(format)!,
            parsed.GetValue(noContents) ? ScanContents.None : parsed.GetValue(unpacked) ? ScanContents.Unpacked : ScanContents.Folders, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, string path, string? output, string format, ScanContents contents, CancellationToken cancel)
    {
        if (!WatchCommand.TryFailOn(parsed, out var failOn))
            return ExitCode.Usage;
        var error = parsed.InvocationConfiguration.Error;
        if (!Directory.Exists(path) && !File.Exists(path))
            return WatchCommand.Usage(parsed, $"no such file or directory: {Printable.Line(path, 200)}");
        long began = Stopwatch.GetTimestamp();
        var settings = Settings.LoadForPackages(parsed);
        if (settings.Tell(parsed))
            return ExitCode.Usage;
        ScanReport report;
        bool stale;
        try
        {
            using var known = KnownBad.Open(StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State)), DbCommand.Keys(parsed));
            stale = DbContents.Code(parsed, known.Built) != ExitCode.Clean;
            report = Scan.Of(path, known, settings.Rules!.Book, contents, TimeProvider.System, cancel);
            report = report with { FailOn = failOn ?? Level.High, Seconds = Stopwatch.GetElapsedTime(began).TotalSeconds };
        }
        catch (InvalidIndexException e)
        {
            error.WriteLine("canary: " + Printable.Line(e.Message, 1000));
            return ExitCode.Stale;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("stopped before the end: nothing is known of what was not looked at");
            return ExitCode.Unread;
        }

        try
        {
            using var file = output is null ? null : new StreamWriter(output, append: false, new UTF8Encoding(false));
            ScanFormats.Named(format).Write(file ?? parsed.InvocationConfiguration.Output, report);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"cannot write the report: {Printable.Line(e.Message, 300)}");
            return ExitCode.Unable;
        }

        return stale ? ExitCode.Stale
            : report.Inventory.UnreadParts.Count > 0 || report.Inventory.Dropped > 0 || report.Inspected is { Unread.Count: > 0 } || report.IsNothing ? ExitCode.Unread
            : report.Worst >= report.FailOn ? ExitCode.Findings
            : ExitCode.Clean;
    }
}
