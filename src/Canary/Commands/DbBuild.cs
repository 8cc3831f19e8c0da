using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Canary.Advisories;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary db build</c>: sources into one file.</summary>
internal static class DbBuild
{
    private static readonly Argument<string[]> Paths = new("SOURCE") { Description = "OSV records (.json, .zip, a directory of them), tables (.csv), lists (.txt), or a directory with sources.yml", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Output = new("--output", "-o") { Description = "the index to write", HelpName = "FILE", Required = true };
    private static readonly Option<string?> Sign = new("--sign") { Description = "private key (PEM, P-256) to sign with", HelpName = "KEY" };
    private static readonly Option<DateTimeOffset?> Built = new("--built") { Description = "the time that the index bears (default: that of sources.yml, else now)", HelpName = "TIME", CustomParser = Time };
    private static readonly Option<long?> Sequence = new("--sequence") { Description = "the number that must grow from index to index (default: the time in seconds)", HelpName = "N" };

    public static Command Create()
    {
        var command = new Command("build", "build an index from advisories; what cannot be read is reported with its place") { Paths, Output, Sign, Built, Sequence };
        command.SetAction(Run);
        return command;
    }

    private static DateTimeOffset? Time(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time;
        result.AddError($"--built: '{result.Tokens[0].Value}' is no time, as in 2026-08-10T00:00:00Z");
        return null;
    }

    private static int Run(ParseResult parsed)
    {
        var error = parsed.InvocationConfiguration.Error;
        string[] missing = [.. parsed.GetValue(Paths)!.Where(p => !Path.Exists(p))];
        foreach (string path in missing)
            error.WriteLine(Printable.Line($"{path}: no such file or directory", 1000));
        if (missing.Length > 0)
            return ExitCode.Usage;
        try
        {
            using var key = parsed.GetValue(Sign) is { } sign ? IndexTrust.PrivateKey(sign, DbCommand.Pem(sign)) : null;
            var sources = IndexSources.Read(parsed.GetValue(Paths)!);
            foreach (var diagnostic in sources.Diagnostics)
                error.WriteLine(RulesCheck.Line(diagnostic));
            if (sources.Statements == 0)
            {
                error.WriteLine("nothing in it names a package; no index was written");
                return ExitCode.Unread;
            }

            Write(parsed, sources, key);
            return sources.Faults > 0 ? ExitCode.Unread : ExitCode.Clean;
        }
        catch (InvalidIndexException e)
        {
            error.WriteLine("canary: " + Printable.Line(e.Message, 1000));
            return ExitCode.Usage;
        }
    }

    private static void Write(ParseResult parsed, IndexSources sources, ECDsa? key)
    {
        var built = parsed.GetValue(Built) ?? sources.Built ?? TimeProvider.System.GetUtcNow();
        string path = parsed.GetValue(Output)!;
        string staged = path + ".new";
        File.WriteAllBytes(staged, sources.Index(built, parsed.GetValue(Sequence) ?? built.ToUnixTimeSeconds(), key));
        File.Move(staged, path, overwrite: true);
        if (parsed.GetValue(GlobalOptions.Quiet))
            return;
        using var index = AdvisoryIndex.Open(path, IndexTrust.WithoutSignature);
        DbContents.Tell(parsed, path, index, checkedSignature: false);
        if (!parsed.GetValue(GlobalOptions.Json))
            parsed.InvocationConfiguration.Output.WriteLine($"{sources.Faults} faults, {sources.Unsupported} statements that an index cannot hold, {sources.Withdrawn} records withdrawn by their authors");
    }
}
