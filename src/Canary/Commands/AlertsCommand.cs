using System.CommandLine;
using Canary.Alerts.Storage;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary alerts</c>: what was found, and what became of telling it. Works beside a running daemon.</summary>
internal static class AlertsCommand
{
    public static Command Create()
    {
        var command = new Command("alerts", "the stored alerts: list, show, acknowledge, silence, test the notifiers");
        command.Subcommands.Add(AlertsList.Create());
        command.Subcommands.Add(AlertsShow.Create());
        command.Subcommands.Add(AlertsAck.Create());
        command.Subcommands.Add(AlertsSilence.Create());
        command.Subcommands.Add(AlertsTest.Create());
        return command;
    }

    public static string Directory(ParseResult parsed) => StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State));

    /// <summary>Runs the work on the store, or on null where nothing was ever stored; a store that cannot be used is exit code 5, in words.</summary>
    public static int With(ParseResult parsed, Func<AlertStore?, int> work)
    {
        try
        {
            using var store = AlertStore.OpenBeside(Directory(parsed));
            return work(store);
        }
        catch (StateException e)
        {
            parsed.InvocationConfiguration.Error.WriteLine("canary: " + Printable.Line(e.Message, 1000));
            return ExitCode.Unable;
        }
    }

    /// <summary>The one alert that an id, or the beginning of one, means; null with the reason told.</summary>
    public static Canary.Alerts.Alert? Find(ParseResult parsed, AlertStore? store, string id)
    {
        var found = store?.Find(id) ?? [];
        if (found.Count == 1)
            return found[0];
        parsed.InvocationConfiguration.Error.WriteLine(found.Count == 0
            ? $"canary: no alert '{Printable.Line(id, 60)}' in {Directory(parsed)}; 'canary alerts list' has the ids"
            : $"canary: several alerts begin with '{Printable.Line(id, 60)}'; write more of the id");
        return null;
    }
}
