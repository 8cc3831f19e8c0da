using System.CommandLine;
using Canary.Advisories;
using Canary.Alerts.Storage;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary db update</c>: takes a newer index into the directory of state.</summary>
internal static class DbUpdate
{
    private static readonly Argument<string> From = new("FILE|URL") { Description = "a signed index; an https address only where the network is allowed" };

    public static Command Create()
    {
        var command = new Command("update", "take a newer index: checked against --trust or the key of the last one, never an older one") { From, DbCommand.Trust };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var error = parsed.InvocationConfiguration.Error;
        string from = parsed.GetValue(From)!;
        bool fetched = from.Contains("://", StringComparison.Ordinal);
        string? download = null;
        try
        {
            var keys = DbCommand.Keys(parsed);
            string state = StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State));
            if (!fetched && !File.Exists(from))
            {
                error.WriteLine(Printable.Line($"{from}: no such file", 1000));
                return ExitCode.Usage;
            }

            if (fetched && (parsed.GetValue(GlobalOptions.Offline) || Environment.GetEnvironmentVariable("CI") is { Length: > 0 }))
            {
                error.WriteLine("canary: the network is not to be used (--offline, or CI is set); fetch the file yourself and name it");
                return ExitCode.Usage;
            }

            StateDirectory.Prepare(state);
            if (fetched)
                from = download = await IndexDownload.ToFileAsync(from, state, cancel).ConfigureAwait(false);
            var installed = new InstalledIndex(state);
            bool isNew = installed.Install(from, keys);
            if (!parsed.GetValue(GlobalOptions.Quiet))
            {
                using var index = installed.Open([]);
                DbContents.Tell(parsed, installed.File, index, checkedSignature: true);
                if (!isNew)
                    error.WriteLine("this index was there already");
            }

            return ExitCode.Clean;
        }
        catch (InvalidIndexException e)
        {
            error.WriteLine("canary: not installed: " + Printable.Line(e.Message, 1000));
            return ExitCode.Stale;
        }
        finally
        {
            if (download is not null)
                File.Delete(download);
        }
    }
}
