using System.Globalization;
using Canary.Alerts;
using Canary.Events;
using Canary.Findings;
using Canary.Text;

namespace Canary.Views;

/// <summary>Lines of text, for a pipe, a journal and terminals without colours.</summary>
/// <param name="announces">Whether the sensors are named at the start; `run` leaves that to `doctor`.</param>
internal sealed class PlainWatchView(TextWriter output, TextWriter error, Level least, bool quiet, bool announces = true) : IWatchView
{
    private readonly Lock _gate = new();

    public void Ready(IReadOnlyList<SensorState> sensors)
    {
        if (quiet || !announces)
            return;
        Say(error, () =>
        {
            foreach (string line in WatchWords.Sensors(sensors))
                error.WriteLine(line);
            error.WriteLine("watching; Ctrl+C ends it");
        });
    }

    public void Alert(Alert alert, Sighting sighting)
    {
        if (!WatchWords.IsTold(alert, sighting, least))
            return;
        Say(output, () => PlainStory.Write(output, alert, whole: false));
    }

    public void Lost(SensorLoss loss) => Say(error, () => error.WriteLine(WatchWords.Lost(loss)));

    public void Note(string text) => Say(error, () => error.WriteLine(Printable.Line(text)));

    public void Tick(WatchStatus status)
    {
        // Only a terminal has a place for numbers that change.
    }

    public void Summary(WatchSummary summary)
    {
        if (!quiet)
            Say(error, () => error.WriteLine(WatchWords.Summary(summary)));
    }

    public void Dispose()
    {
    }

    private void Say(TextWriter to, Action words)
    {
        lock (_gate)
        {
            try
            {
                words();
                to.Flush();
            }
            catch (IOException)
            {
                // Nobody listens any more; the alerts are in the store.
            }
        }
    }
}

/// <summary>The sentences that the plain and the live view share.</summary>
internal static class WatchWords
{
    public static IEnumerable<string> Sensors(IReadOnlyList<SensorState> sensors)
    {
        foreach (var sensor in sensors)
        {
            string state = sensor.Tier is { } tier ? $"{tier}: {string.Join(", ", sensor.Classes)}" : "off";
            yield return Printable.Line($"{sensor.Name,-12} {state}{(sensor.Unavailable is { } why ? "; " + why : "")}");
            foreach (string blind in sensor.Blind)
                yield return Printable.Line($"{"",-12} does not see {blind}");
        }
    }

    /// <summary>Whether a view of this least level has a line for it: an alert that came again, or was silenced, has none.</summary>
    public static bool IsTold(Alert alert, Sighting sighting, Level least) => sighting != Sighting.Again && !alert.Silenced && alert.Level >= least;

    public static string Lost(SensorLoss loss) => string.Create(
        CultureInfo.InvariantCulture, $"lost {loss.Count} {loss.Class} events ({loss.Sensor}): what happened in them was not seen");

    public static string Summary(WatchSummary summary) => string.Create(
        CultureInfo.InvariantCulture, $"{summary.Alerts} alerts, {summary.Events} events seen, {summary.Lost} lost, {summary.Seconds:0.0} s{Slow(summary.SlowExpressions)}");

    private static string Slow(int expressions) =>
        expressions == 0 ? "" : $"; {expressions} regular expressions of rules went on in linear time: some text took them past their limit";
}
