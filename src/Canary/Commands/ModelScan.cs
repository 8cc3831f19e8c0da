using System.CommandLine;
using System.Diagnostics;
using Canary.Findings;
using Canary.ModelFiles;
using Canary.Models.Locking;
using Canary.Sensors.Files;

namespace Canary.Commands;

/// <summary><c>canary model scan</c>: what model files are, by their content.</summary>
internal static class ModelScan
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "model files, or directories of them", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<bool> NoHash = new("--no-hash") { Description = "look at structure only; without digests not every byte is read" };

    public static Command Create()
    {
        var command = new Command("scan", "what model files are and what they would do when loaded, by content and not by name") { Paths, NoHash };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        if (!WatchCommand.TryFailOn(parsed, out var failOn))
            return ExitCode.Usage;
        string[] paths = parsed.GetValue(Paths)!;
        if (ModelCommand.TellMissing(parsed, paths))
            return ExitCode.Usage;
        var settings = Settings.Load(parsed, withRules: false);
        var book = ModelBook.Load(parsed, settings, out bool faulty);
        if (faulty)
            return ExitCode.Usage;
        long from = Stopwatch.GetTimestamp();
        var files = ModelFilesHere.Create();
        var tree = new ModelTree(LockBase.Of(paths), files);
        var view = new ModelView(parsed);
        var findings = new ModelFindings(book, TimeProvider.System);
        ModelSurvey? survey = null;
        var imports = ModelCommand.Imports(settings.Config);
        try
        {
            foreach (var report in ModelCommand.Read(parsed, ModelCommand.FilesOf(tree, paths), tell => survey = new ModelSurvey(tree, files, imports) { WithDigests = !parsed.GetValue(NoHash), Tell = tell }, cancel))
            {
                view.Model(report.Facts.Verdict, report.Facts.Format, report.Size, report.Path, report.Digests is { } d ? "sha256:" + d.Sha256 : null, w => ModelShapes.Fields(w, report, report.Facts.Verdict, TrustBasis.FirstSeen));
                foreach (var finding in findings.Of(report))
                    view.Finding(finding);
            }
        }
        catch (OperationCanceledException)
        {
            parsed.InvocationConfiguration.Error.WriteLine("stopped before the end: nothing is known of what was not looked at");
            return ExitCode.Unread;
        }

        foreach (var (path, reason) in survey!.Unread)
            view.Finding(ModelFindings.Unread(path, reason));
        if (survey.Skipped > 0)
            view.Note($"{survey.Skipped:N0} other files were not looked at: neither their content nor their name is that of a model");
        return view.Close(failOn ?? Level.High, Stopwatch.GetElapsedTime(from).TotalSeconds, "Nothing was scanned: no file here is a model that Canary knows. That is not the same as clean.", w => w.WriteNumber("skipped", survey.Skipped));
    }
}
