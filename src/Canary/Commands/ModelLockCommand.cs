using System.CommandLine;
using System.Diagnostics;
using Canary.Findings;
using Canary.ModelFiles;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Models.Provenance;
using Canary.Sensors.Files;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Commands;

/// <summary><c>canary model lock</c>: what the files are now, written down with the reason to believe it.</summary>
internal static class ModelLockCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "directories, all files of which are locked, or single files", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Output = new("--output", "-o") { Description = "the lock to write", HelpName = "FILE", Required = true };
    private static readonly Option<bool> AllowMismatch = new("--allow-mismatch") { Description = "write the lock though a file is not the one that a digest or signature beside it is of; without this no lock is written" };
    private static readonly Option<bool> AllowDenied = new("--allow-denied") { Description = "write the lock though a file has the verdict deny; without this no lock is written" };

    public static Command Create()
    {
        var command = new Command("lock", "write down what model files are: digests, chunks, tensors, and on whose word") { Paths, Output, AllowMismatch, AllowDenied };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        if (!WatchCommand.TryFailOn(parsed, out var failOn))
            return ExitCode.Usage;
        var error = parsed.InvocationConfiguration.Error;
        string[] paths = parsed.GetValue(Paths)!;
        string output = parsed.GetValue(Output)!;
        if (ModelCommand.TellMissing(parsed, paths))
            return ExitCode.Usage;
        var settings = Settings.Load(parsed, withRules: false);
        var book = ModelBook.Load(parsed, settings, out bool faulty);
        if (faulty)
            return ExitCode.Usage;
        long from = Stopwatch.GetTimestamp();
        var view = new ModelView(parsed);
        var making = new LockMaking(paths, output, LinuxModelFiles.OfThisSystem(), view, new ModelFindings(book, TimeProvider.System), TimeProvider.System);
        ModelLock made;
        try
        {
            made = making.Run(parsed, cancel);
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("stopped before the end: no lock was written");
            return ExitCode.Unread;
        }

        string? refused = making.Mismatches > 0 && !parsed.GetValue(AllowMismatch) ? $"{making.Mismatches} file{(making.Mismatches == 1 ? " is" : "s are")} not what their publisher gave a digest of; --allow-mismatch writes the lock all the same"
            : making.Denied > 0 && !parsed.GetValue(AllowDenied) ? $"{making.Denied} file{(making.Denied == 1 ? " has" : "s have")} the verdict deny; --allow-denied writes the lock all the same"
            : made.Files.Count == 0 ? "there is no file to lock" : null;
        if (refused is null)
            LockStore.Write(output, made);
        else
            error.WriteLine($"no lock was written: {refused}");
        if (refused is null)
            view.Note($"{made.Files.Count} files, {ByteSize.Write(made.Files.Sum(f => f.Size))}, in {output}: {Count(made, TrustBasis.PublisherSignature)} on a signature, {Count(made, TrustBasis.PublisherHash)} on a publisher's digest, {Count(made, TrustBasis.FirstSeen)} as first seen, on nobody's word");
        int code = view.Close(failOn ?? Level.High, Stopwatch.GetElapsedTime(from).TotalSeconds, "Nothing was locked.", w =>
        {
            w.WriteBoolean("written", refused is null);
            w.WriteNumber("signed", Count(made, TrustBasis.PublisherSignature));
            w.WriteNumber("published", Count(made, TrustBasis.PublisherHash));
            w.WriteNumber("first_seen", Count(made, TrustBasis.FirstSeen));
        });
        return refused is not null && code == ExitCode.Clean ? ExitCode.Findings : code;
    }

    private static int Count(ModelLock made, TrustBasis basis) => made.Files.Count(f => f.Basis == basis);
}
