using System.CommandLine;
using System.Diagnostics;
using Canary.Alerts.Storage;
using Canary.Findings;
using Canary.ModelFiles;
using Canary.Models.Locking;
using Canary.Sensors.Files;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Commands;

/// <summary><c>canary model verify</c>: the files of a lock, held against it.</summary>
internal static class ModelVerify
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "parts of what is locked, or another directory with the same models (default: all, where the lock says)", Arity = ArgumentArity.ZeroOrMore, DefaultValueFactory = _ => [] };
    public static readonly Option<string> LockFile = new("--lock") { Description = "the lock", HelpName = "FILE", DefaultValueFactory = _ => "models.lock" };
    private static readonly Option<bool> Quick = new("--quick") { Description = "believe what was found earlier of a file whose inode, size and times are the same; without this only of sealed files" };
    private static readonly Option<bool> Fresh = new("--fresh") { Description = "read every byte: no records, and not on from where a stopped run was" };
    private static readonly Option<int?> Threads = new("--threads") { Description = "how many read at the same time (default: one for each processor)", HelpName = "N", Validators = { r => { if (r.Tokens is [var t] && (!int.TryParse(t.Value, out int n) || n is < 1 or > 1024)) r.AddError($"--threads: '{Printable.Line(t.Value, 20)}' is no number from 1 to 1024"); } } };

    public static Command Create()
    {
        var command = new Command("verify", "hold model files against a lock; what is corrupt is named by bytes and tensors. Stopped, it goes on where it was") { Paths, LockFile, Quick, Fresh, Threads };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return command;
    }

    /// <summary>Reads the lock of <c>--lock</c>, and says what is wrong with it.</summary>
    public static ModelLock? Read(ParseResult parsed, string path)
    {
        var faults = new Diagnostics();
        var held = LockStore.Read(path, faults);
        foreach (var fault in faults.All)
            parsed.InvocationConfiguration.Error.WriteLine(Printable.Line(fault.ToString(), 1000));
        if (held is null)
            parsed.InvocationConfiguration.Error.WriteLine("without a sound lock nothing was verified; canary model lock PATH -o FILE makes one");
        return held;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        if (!WatchCommand.TryFailOn(parsed, out var failOn))
            return ExitCode.Usage;
        long from = Stopwatch.GetTimestamp();
        string[] paths = parsed.GetValue(Paths) ?? [];
        string lockFile = parsed.GetValue(LockFile)!;
        if (ModelCommand.TellMissing(parsed, paths))
            return ExitCode.Usage;
        if (Read(parsed, lockFile) is not { } held)
            return ExitCode.Stale;
        var error = parsed.InvocationConfiguration.Error;
        var files = ModelFilesHere.Create();
        var asked = new AskedFiles(held, lockFile, paths);
        var (records, progress) = State(parsed, held);
        bool fresh = parsed.GetValue(Fresh);
        var options = new VerifyOptions(files) { Threads = parsed.GetValue(Threads) ?? Environment.ProcessorCount, Quick = parsed.GetValue(Quick), Records = records, Progress = progress, Anew = fresh };
        var verifier = new LockVerifier(asked.Files, options);
        IReadOnlyList<CheckedFile> results;
        using (new ProgressLine(error, parsed.GetValue(GlobalOptions.Quiet), () => (verifier.Done, verifier.Total, "")))
            results = verifier.Run(cancel);
        records?.Sweep();
        var view = new ModelView(parsed);
        foreach (var result in results)
            VerifyFindings.Tell(view, result);
        if (progress is { Resumed: > 0 and int resumed })
            view.Note($"went on where an earlier run was stopped, in {resumed} file{(resumed == 1 ? "" : "s")} whose inode and times are as they were then; --fresh begins anew");
        if (cancel.IsCancellationRequested)
            error.WriteLine($"stopped: {ByteSize.Write(verifier.Done)} of {ByteSize.Write(verifier.Total)} were verified{(!verifier.IsKept ? "" : "; the same command goes on from there")}");
        else
        {
            foreach (var extra in VerifyFindings.Extra(asked, new ModelTree(asked.Base, files), lockFile))
                view.Finding(extra);
        }

        bool replaced = LockStore.Read(lockFile, new Diagnostics())?.Digest() != held.Digest();
        if (replaced)
            error.WriteLine("the lock was replaced while the files were read: this is the word of the old one; verify again");
        int code = view.Close(failOn ?? Level.High, Stopwatch.GetElapsedTime(from).TotalSeconds, "Nothing was verified: the lock names no file here.", w =>
        {
            w.WriteNumber("verified", results.Count(r => r.State == FileState.Good));
            w.WriteNumber("bytes", verifier.Total);
            w.WriteNumber("from_record", results.Count(r => r.FromRecord));
            w.WriteNumber("resumed", progress?.Resumed ?? 0);
        });
        return replaced ? ExitCode.Stale : code;
    }

    // Records in a directory that others write are no records; without them every byte is read.
    private static (VerdictRecords?, VerifyProgress?) State(ParseResult parsed, ModelLock held)
    {
        string directory = StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State));
        try
        {
            StateDirectory.Prepare(directory);
        }
        catch (StateException e)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"{Printable.Line(e.Message, 400)}; every byte is read, and a stopped run begins anew");
            return (null, null);
        }

        string models = Path.Combine(directory, "models");
        return (new VerdictRecords(Path.Combine(models, "verdicts"), TimeProvider.System), new VerifyProgress(Path.Combine(models, $"{held.Digest()[..32]}.progress")));
    }
}
