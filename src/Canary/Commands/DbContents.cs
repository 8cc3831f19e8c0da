using System.CommandLine;
using System.Globalization;
using Canary.Advisories;
using Canary.Alerts.Storage;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary db info</c>: what an index holds, how old it is, and whose work is in it.</summary>
internal static class DbContents
{
    private static readonly Argument<string?> Path = new("FILE") { Description = "an index (default: the built-in one, and the installed one)", Arity = ArgumentArity.ZeroOrOne };
    public static readonly Option<string?> MaxAge = new("--max-index-age") { Description = "an older index is exit code 4, as in 7d", HelpName = "DURATION", Validators = { CheckDuration } };

    public static Command Create()
    {
        var command = new Command("info", "what an index holds, when it was built, from which sources") { Path, DbCommand.Trust, MaxAge };
        command.SetAction(Run);
        return command;
    }

    private static void CheckDuration(System.CommandLine.Parsing.OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (!Duration.TryParse(token.Value, out _))
                result.AddError($"--max-index-age: '{token.Value}' is no duration; write {Duration.Form}");
        }
    }

    private static int Run(ParseResult parsed)
    {
        try
        {
            var keys = DbCommand.Keys(parsed);
            if (parsed.GetValue(Path) is { } file)
            {
                var trust = keys.Count > 0 ? IndexTrust.Of(keys) : null;
                using var index = AdvisoryIndex.Open(file, trust ?? IndexTrust.WithoutSignature);
                index.CheckAll();
                Tell(parsed, file, index, checkedSignature: trust is not null);
                return Code(parsed, index.Built);
            }

            var installed = new InstalledIndex(StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State)));
            using var known = KnownBad.Open(StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State)), keys);
            foreach (var index in known.Indexes)
                Tell(parsed, index.IsSigned ? installed.File : "built in", index, checkedSignature: index.IsSigned);
            return Code(parsed, known.Built);
        }
        catch (InvalidIndexException e)
        {
            parsed.InvocationConfiguration.Error.WriteLine("canary: " + Printable.Line(e.Message, 1000));
            return ExitCode.Stale;
        }
    }

    /// <summary>Whether the index is older than <see cref="MaxAge"/> allows.</summary>
    public static int Code(ParseResult parsed, DateTimeOffset built) =>
        Duration.TryParse(parsed.GetValue(MaxAge) ?? "", out var most) && TimeProvider.System.GetUtcNow() - built > most ? ExitCode.Stale : ExitCode.Clean;

    public static void Tell(ParseResult parsed, string place, AdvisoryIndex index, bool checkedSignature)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(GlobalOptions.Json))
        {
            output.WriteLine(AsJson(place, index, checkedSignature));
            return;
        }

        output.WriteLine(Printable.Line($"{place}: {index.Packages:N0} packages, {index.Advisories:N0} advisories, {index.Versions:N0} exact versions, {index.Payloads:N0} payloads", 500));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  built {index.Built:yyyy-MM-dd'T'HH:mm:ss'Z'}, {(int)(TimeProvider.System.GetUtcNow() - index.Built).TotalDays} days ago; number {index.Sequence}; {Signature(index, checkedSignature)}"));
        foreach (var source in index.Sources)
            output.WriteLine("  " + Printable.Line($"{source.Name}: {source.Statements:N0} statements, {source.Origin}{(source.Licence.Length == 0 ? "" : $" ({source.Licence})")}", 500));
    }

    private static string Signature(AdvisoryIndex index, bool checkedSignature) =>
        !index.IsSigned ? "not signed" : checkedSignature ? "signed by a trusted key" : "signed, and not checked: name the key with --trust";

    private static string AsJson(string place, AdvisoryIndex index, bool checkedSignature) => JsonLine.Of("index", w =>
    {
        w.WriteString("file", place);
        w.WriteString("built", index.Built.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        w.WriteNumber("sequence", index.Sequence);
        w.WriteBoolean("signed", index.IsSigned);
        w.WriteBoolean("verified", checkedSignature);
        w.WriteNumber("packages", index.Packages);
        w.WriteNumber("advisories", index.Advisories);
        w.WriteNumber("versions", index.Versions);
        w.WriteNumber("payloads", index.Payloads);
        w.WriteStartArray("sources");
        foreach (var source in index.Sources)
        {
            w.WriteStartObject();
            w.WriteString("name", source.Name);
            w.WriteString("origin", source.Origin);
            w.WriteString("licence", source.Licence);
            w.WriteNumber("statements", source.Statements);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    });
}
