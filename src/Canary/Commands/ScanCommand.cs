using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Canary.Advisories;
using Canary.Alerts.Storage;
using Canary.Config;
using Canary.Gating;
using Canary.Scanning;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Commands;

/// <summary><c>canary scan</c> and <c>canary gate</c>: the packages that the files of a tree name.</summary>
internal static class ScanCommand
{
    private static readonly Argument<string> Tree = new("PATH") { Description = "a directory, or one file", DefaultValueFactory = _ => ".", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Base = new("--base") { Description = "compare with this commit of git: only what is new fails, and its canary.yml holds", HelpName = "GITREF" };
    private static readonly Option<string?> Earlier = new("--baseline") { Description = "compare with what --save-baseline wrote: only what is new fails", HelpName = "FILE" };
    private static readonly Option<string?> Save = new("--save-baseline") { Description = "write what was found, for later scans to compare with", HelpName = "FILE" };
    private static readonly Option<string?> Output = new("--output") { Description = "write to a file instead of stdout", HelpName = "FILE" };
    private static readonly Option<string> Format = new("--format") { Description = string.Join(", ", ScanFormats.Names), HelpName = "FORMAT", DefaultValueFactory = _ => "text", CompletionSources = { ScanFormats.Names.ToArray() }, Validators = { CheckFormat } };
    private static readonly Option<string[]> Reports = new("--report") { Description = "one more report of the same scan, as in sarif=canary.sarif; may be repeated", HelpName = "FORMAT=FILE", DefaultValueFactory = _ => [], Validators = { CheckReports } };

    private static readonly Option<bool> NoContents = new("--no-contents") { Description = "lockfiles and manifests only; leave the files in package folders unread" };
    private static readonly Option<bool> Unpacked = new("--unpacked") { Description = "PATH itself is one unpacked package: search all of its files" };

    private const string Gate = "gate";

    public static Command Create() => Create("scan", "the packages of a tree, from every lockfile and project file in it, and what is known against them");

    public static Command CreateGate() => Create(Gate, "the gate of a CI job: scan, and the models held against their lock, as canary.yml says");

    private static Command Create(string name, string description)
    {
        var command = new Command(name, description) { Tree, Base, Earlier, Save, Output, Format, Reports, NoContents, Unpacked, DbCommand.Trust, DbContents.MaxAge };
        RegistryOptions.AddTo(command);
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return command;
    }

    private static void CheckFormat(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(t => !ScanFormats.Names.Contains(t.Value)))
            result.AddError($"--format: unknown format '{Printable.Line(token.Value, 40)}'{Nearest.Suggestion(token.Value, ScanFormats.Names)}; write {string.Join(", ", ScanFormats.Names)}");
    }

    private static void CheckReports(OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            string[] parts = token.Value.Split('=', 2);
            if (parts.Length < 2 || parts[1].Length == 0 || !ScanFormats.Names.Contains(parts[0]))
                result.AddError($"--report: '{Printable.Line(token.Value, 100)}' is no FORMAT=FILE{Nearest.Suggestion(parts[0], ScanFormats.Names)}; formats are {string.Join(", ", ScanFormats.Names)}");
        }
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        if (!WatchCommand.TryFailOn(parsed, out var failOn))
            return ExitCode.Usage;
        var error = parsed.InvocationConfiguration.Error;
        string path = parsed.GetValue(Tree)!;
        if (!Directory.Exists(path) && !File.Exists(path))
            return WatchCommand.Usage(parsed, $"no such file or directory: {Printable.Line(path, 200)}");
        if (parsed.GetValue(Base) is not null && parsed.GetValue(Earlier) is not null)
            return WatchCommand.Usage(parsed, "--base and --baseline: compare with one of the two");
        ScanReport? report;
        bool stale;
        try
        {
            // Its signature is checked while the tree is walked.
            var opening = Task.Run(() => KnownBad.Open(StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State)), DbCommand.Keys(parsed)), CancellationToken.None);
            var location = ConfigLocation.Default(parsed.GetValue(GlobalOptions.Config), Sensors.Proc.FileTrust.Distrust);
            var faults = new Diagnostics();
            var contents = parsed.GetValue(NoContents) ? ScanContents.None : parsed.GetValue(Unpacked) ? ScanContents.Unpacked : ScanContents.Folders;
            var request = new ScanRequest(path, location, parsed.GetValue(Base), parsed.GetValue(Earlier), failOn, contents);
            report = new GatedScan(() => opening.GetAwaiter().GetResult(), (config, wrong) => Settings.LoadRulesForPackages(parsed, config, wrong), new RegistryOptions(parsed).Findings, TimeProvider.System) { NuGetPackages = NuGetPackages(), WithModels = parsed.CommandResult.Command.Name == Gate }.Run(request, faults, cancel);
            using var known = opening.GetAwaiter().GetResult();
            if (report is null)
                return Refused(error, faults);
            stale = report.LacksLock || DbContents.Code(parsed, known.Built) != ExitCode.Clean;
        }
        catch (GateException e)
        {
            return WatchCommand.Usage(parsed, "canary: " + Printable.Line(e.Message, 1000));
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
            Write(parsed, report);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"cannot write the report: {Printable.Line(e.Message, 300)}");
            return ExitCode.Unable;
        }

        return stale ? ExitCode.Stale : report.IsIncomplete ? ExitCode.Unread : report.Worst >= report.FailOn ? ExitCode.Findings : ExitCode.Clean;
    }

    // Where NuGet unpacks (https://learn.microsoft.com/nuget/consume-packages/managing-the-global-packages-and-cache-folders).
    private static string NuGetPackages() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named && Path.IsPathFullyQualified(named)
        ? named : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static int Refused(TextWriter error, Diagnostics faults)
    {
        foreach (var fault in faults.All)
            error.WriteLine(Printable.Line(fault.ToString(), 1000));
        error.WriteLine($"{faults.Count} error{(faults.Count == 1 ? "" : "s")}; nothing was scanned");
        return ExitCode.Usage;
    }

    private static void Write(ParseResult parsed, ScanReport report)
    {
        string format = parsed.GetValue(GlobalOptions.Json) ? "ndjson" : parsed.GetValue(Format)!;
        if (parsed.GetValue(Output) is { } file)
            Write(format, file, report);
        else
            ScanFormats.Named(format).Write(parsed.InvocationConfiguration.Output, report);
        foreach (string[] also in (parsed.GetValue(Reports) ?? []).Select(r => r.Split('=', 2)))
            Write(also[0], also[1], report);
        if (parsed.GetValue(Save) is { } baseline)
            Baseline.Write(baseline, report);
    }

    private static void Write(string format, string file, ScanReport report)
    {
        using var to = new StreamWriter(file, append: false, new UTF8Encoding(false));
        ScanFormats.Named(format).Write(to, report);
    }
}
