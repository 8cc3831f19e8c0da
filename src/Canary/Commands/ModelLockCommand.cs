using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using Canary.Advisories;
using Canary.Findings;
using Canary.ModelFiles;
using Canary.Models.Locking;
using Canary.Models.Pickles;
using Canary.Models.Signing;
using Canary.Registries;
using Canary.Sensors.Files;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary model lock</c>: what the files are now, written down with the reason to believe it.</summary>
internal static class ModelLockCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "directories, all files of which are locked, or single files", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Output = new("--output", "-o") { Description = "the lock to write", HelpName = "FILE", Required = true };
    private static readonly Option<bool> AllowMismatch = new("--allow-mismatch") { Description = "write the lock though a file is not the one that a digest or signature beside it is of; without this no lock is written" };
    private static readonly Option<bool> AllowDenied = new("--allow-denied") { Description = "write the lock though a file has the verdict deny; without this no lock is written" };

    private static readonly Option<string[]> Trust = new("--trust") { Description = "public key or certificate (PEM) whose signature over models (OMS, model.sig) is believed; may be repeated. Signatures of sigstore are not verified", HelpName = "FILE", DefaultValueFactory = _ => [] };
    private static readonly Option<string?> Sign = new("--sign") { Description = "private key (PEM, P-256, P-384 or P-521) to sign what was locked with", HelpName = "KEY" };
    private static readonly Option<string?> Signature = new("--signature") { Description = "where to write the signature (default: model.sig in the directory that is locked)", HelpName = "FILE" };
    private static readonly Option<string?> Bom = new("--bom") { Description = "where to write a bill of materials (CycloneDX 1.6, JSON) of what was locked: in the directory that is locked, or above it", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("lock", "write down what model files are: digests, chunks, tensors, and on whose word") { Paths, Output, AllowMismatch, AllowDenied, Trust, Sign, Signature, Bom };
        HubOptions.AddTo(command);
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        if (!WatchCommand.TryFailOn(parsed, out var failOn))
            return ExitCode.Usage;
        string[] paths = parsed.GetValue(Paths)!;
        string output = parsed.GetValue(Output)!;
        if (ModelCommand.TellMissing(parsed, paths))
            return ExitCode.Usage;
        var settings = Settings.Load(parsed, withRules: false);
        var book = ModelBook.Load(parsed, settings, out bool faulty);
        if (faulty)
            return ExitCode.Usage;
        try
        {
            using var trust = OmsTrust.Of((parsed.GetValue(Trust) ?? []).Select(path => (path, DbCommand.Pem(path))));
            using var key = parsed.GetValue(Sign) is { } sign ? OmsSigner.Key(sign, DbCommand.Pem(sign)) : null;
            return Run(parsed, paths, output, new ModelFindings(book, TimeProvider.System), ModelCommand.Imports(settings.Config), trust, key, failOn ?? Level.High, cancel);
        }
        catch (Exception e) when (e is SignatureException or InvalidIndexException or FileNotFoundException or DirectoryNotFoundException)
        {
            return WatchCommand.Usage(parsed, "canary: " + Printable.Line(e.Message, 1000));
        }
    }

    private static int Run(ParseResult parsed, string[] paths, string output, ModelFindings findings, ImportPolicy imports, OmsTrust trust, ECDsa? key, Level failOn, CancellationToken cancel)
    {
        var error = parsed.InvocationConfiguration.Error;
        long from = Stopwatch.GetTimestamp();
        string? signature = key is null ? null : Path.GetFullPath(parsed.GetValue(Signature) ?? Path.Combine(LockBase.Of(paths), "model.sig"));
        BillPlace? bill = null;
        if (parsed.GetValue(Bom) is { } named && (bill = BillPlace.Of(named, LockBase.Of(paths), [Path.GetFullPath(output), signature], out string wrong)) is null)
            return WatchCommand.Usage(parsed, Printable.Line($"canary: --bom '{named}' {wrong}", 1000));
        var view = new ModelView(parsed);
        using var wire = new RegistryWire(new RegistryLimits(), TimeProvider.System);
        var making = new LockMaking(paths, output, ModelFilesHere.Create(), view, findings, imports, trust, TimeProvider.System) { Left = [.. new[] { signature, bill?.FullPath }.OfType<string>()], Hub = HubOptions.Of(parsed, wire, cancel) };
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
            Write(made, output, bill, signature, key);
        else
            error.WriteLine($"no lock was written: {refused}");
        if (refused is null)
            view.Note($"{made.Files.Count} file{(made.Files.Count == 1 ? "" : "s")}, {ByteSize.Write(made.Files.Sum(f => f.Size))}, in {output}: {Count(made, TrustBasis.PublisherSignature)} on a signature, {Count(made, TrustBasis.PublisherHash)} on a publisher's digest, {Count(made, TrustBasis.FirstSeen)} as first seen, on nobody's word");
        int code = view.Close(failOn, Stopwatch.GetElapsedTime(from).TotalSeconds, "Nothing was locked.", w =>
        {
            w.WriteBoolean("written", refused is null);
            w.WriteNumber("signed", Count(made, TrustBasis.PublisherSignature));
            w.WriteNumber("published", Count(made, TrustBasis.PublisherHash));
            w.WriteNumber("first_seen", Count(made, TrustBasis.FirstSeen));
        });
        return refused is not null && code == ExitCode.Clean ? ExitCode.Findings : code;
    }

    private static void Write(ModelLock made, string output, BillPlace? bill, string? signature, ECDsa? key)
    {
        LockStore.Write(output, made);
        if (bill is not null)
            LockStore.Write(bill.FullPath, LockCycloneDx.Write(made, bill.Below));
        if (key is null || signature is null)
            return;
        // Names in a signature start from its own directory, and what does not lie below it has none.
        string directory = Path.GetDirectoryName(signature)!, from = Path.GetFullPath(made.Base, Path.GetDirectoryName(Path.GetFullPath(output))!);
        var named = made.Files.Select(f => (Path: Path.GetRelativePath(directory, Path.Combine(from, f.Path)).Replace(Path.DirectorySeparatorChar, '/'), f.Sha256)).ToList();
        if (named.Exists(f => LockPath.Fault(f.Path) is not null))
            throw new SignatureException($"the lock was written, and no signature: --signature must lie in the directory that is locked, or above it");
        string[] unsigned = [signature, Path.GetFullPath(output), .. bill is null ? (string[])[] : [bill.FullPath]];
        LockStore.Write(signature, OmsSigner.Sign(key, Path.GetFileName(from), named, [.. unsigned.Select(p => Path.GetRelativePath(directory, p))]));
    }

    private static int Count(ModelLock made, TrustBasis basis) => made.Files.Count(f => f.Basis == basis);
}
