using System.CommandLine;
using System.Net;
using System.Text.Json;
using Canary.Alerts;
using Canary.Alerts.Notifiers;
using Canary.Text;
using Canary.Views;

namespace Canary.Commands;

/// <summary><c>canary alerts test</c>: one alert through every notifier, at once and past the outbox, and what became of it.</summary>
internal static class AlertsTest
{
    public static Command Create()
    {
        var command = new Command("test", "send one test alert through every notifier and say whether it was delivered");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var settings = Settings.Load(parsed, withRules: false);
        if (settings.Tell(parsed))
            return ExitCode.Usage;
        var notifiers = NotifierList.From(settings.Config, TimeProvider.System);
        if (notifiers.Count == 0)
        {
            parsed.InvocationConfiguration.Error.WriteLine(
                $"canary: nobody is told of alerts: there is no 'email:' in {settings.Config.Source ?? "any canary.yml"}; the sample canary.yml shows how");
            return ExitCode.Usage;
        }

        bool offline = parsed.GetValue(GlobalOptions.Offline) && !IsHere(settings.Config.Email?.Host);
        var mail = TestAlert.Mail(Environment.MachineName, TimeProvider.System.GetUtcNow());
        bool failed = false;
        foreach (var notifier in notifiers)
        {
            var delivery = offline ? new Delivery.GiveUp("not tried: --offline") : await notifier.NotifyAsync(mail, cancel);
            failed |= delivery is not Delivery.Delivered;
            Tell(parsed, notifier.Name, delivery);
        }

        return failed ? ExitCode.Unable : ExitCode.Clean;
    }

    private static void Tell(ParseResult parsed, string notifier, Delivery delivery)
    {
        var (word, detail) = delivery switch
        {
            Delivery.Delivered d => ("delivered", d.Note),
            Delivery.RetryLater r => ("failed for now", r.Reason),
            Delivery.GiveUp g => ("refused", g.Reason),
            _ => ("unknown", null),
        };
        parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(GlobalOptions.Json)
            ? JsonSerializer.Serialize(new DeliveryLine("delivery", notifier, word, detail), WatchShapes.Lines.DeliveryLine)
            : Printable.Line($"{notifier}: {word}{(detail is null ? "" : ": " + detail)}", 1000));
    }

    private static bool IsHere(string? host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
