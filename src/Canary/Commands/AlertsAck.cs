using System.CommandLine;

namespace Canary.Commands;

/// <summary><c>canary alerts ack</c>: seen; it counts on and is not told again.</summary>
internal static class AlertsAck
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("ID") { Description = "ids, or beginnings of ids", Arity = ArgumentArity.OneOrMore };
        var command = new Command("ack", "mark alerts as seen: they count on and are not told again") { ids };
        command.SetAction(parsed => AlertsCommand.With(parsed, store =>
        {
            int code = ExitCode.Clean;
            foreach (string id in parsed.GetValue(ids)!)
            {
                if (AlertsCommand.Find(parsed, store, id) is not { } alert)
                    code = ExitCode.Usage;
                else if (store!.Acknowledge(alert.Id, TimeProvider.System.GetUtcNow()) && !parsed.GetValue(GlobalOptions.Quiet))
                    parsed.InvocationConfiguration.Output.WriteLine($"{alert.Id} acknowledged");
            }

            return code;
        }));
        return command;
    }
}
