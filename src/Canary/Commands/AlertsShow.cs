using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Canary.Alerts;
using Canary.Alerts.Storage;
using Canary.Text;
using Canary.Views;
using Spectre.Console;

namespace Canary.Commands;

/// <summary><c>canary alerts show</c>: the whole story of one alert and how far its mails are.</summary>
internal static class AlertsShow
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "an alert's id, or the beginning of one" };
        var command = new Command("show", "one alert as a whole story, and whether it was told") { id };
        command.SetAction(parsed => AlertsCommand.With(parsed, store =>
            AlertsCommand.Find(parsed, store, parsed.GetValue(id)!) is { } alert ? Show(parsed, alert, store!.Deliveries(alert.Id)) : ExitCode.Usage));
        return command;
    }

    private static int Show(ParseResult parsed, Alert alert, IReadOnlyList<DeliveryReport> deliveries)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(GlobalOptions.Json))
        {
            output.WriteLine(AlertJson.Write(alert));
            foreach (var delivery in deliveries)
            {
                var line = new DeliveryLine("delivery", delivery.Notifier, Word(delivery.State), delivery.Reason);
                output.WriteLine(JsonSerializer.Serialize(line, WatchShapes.Lines.DeliveryLine));
            }

            return ExitCode.Clean;
        }

        if (WatchViews.IsForEyes(parsed) && output == Console.Out)
            AnsiConsole.Write(ColourStory.Of(alert, whole: true));
        else
            PlainStory.Write(output, alert, whole: true);
        output.WriteLine("  Told");
        foreach (var delivery in deliveries)
            output.WriteLine("    " + Printable.Line(Words(delivery), 600));
        if (deliveries.Count == 0)
            output.WriteLine(alert.Silenced ? "    nobody: it is silenced" : "    nobody: no notifier is configured for its level");
        if (alert.Acknowledged is { } seen)
            output.WriteLine($"    acknowledged {AlertJson.Write(seen)}");
        return ExitCode.Clean;
    }

    private static string Words(DeliveryReport delivery) => string.Create(
        CultureInfo.InvariantCulture,
        $"{delivery.Notifier} ({delivery.Kind.ToString().ToLowerInvariant()}): {Word(delivery.State)}{When(delivery)}{(delivery.Attempts > 1 ? $", attempt {delivery.Attempts}" : "")}{(delivery.Reason is { } reason ? ": " + reason : "")}");

    private static string When(DeliveryReport delivery) =>
        delivery.At is { } at ? (delivery.State == OutboxState.Waiting ? ", due " : " ") + AlertJson.Write(at) : "";

    private static string Word(OutboxState state) => state switch
    {
        OutboxState.Waiting => "waiting",
        OutboxState.Delivered => "delivered",
        _ => "given up",
    };
}
