using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Canary.Alerts;
using Canary.Events;

namespace Canary.Views;

/// <summary>NDJSON, streamed: one object a line, <c>kind</c> first, written out at once.</summary>
internal sealed class JsonWatchView(TextWriter output) : IWatchView
{
    private readonly Lock _gate = new();
    private bool _closed;

    public void Ready(IReadOnlyList<SensorState> sensors) => Write(
        new ReadyLine("ready", [.. sensors.Select(s => new ReadySensor(s.Name, s.Tier, s.Unavailable, s.Blind, s.Classes))]), WatchShapes.Lines.ReadyLine);

    public void Alert(Alert alert, Sighting sighting)
    {
        // Each sighting of a flood as a line would be the flood again; the count comes with the repeat.
        if (sighting != Sighting.Again && !alert.Silenced)
            Write(AlertJson.Write(alert));
    }

    public void Lost(SensorLoss loss) => Write(new LostLine("lost", loss.Sensor, loss.Class, loss.Count), WatchShapes.Lines.LostLine);

    public void Note(string text) => Write(new NoteLine("note", text), WatchShapes.Lines.NoteLine);

    public void Tick(WatchStatus status)
    {
        // Numbers of the moment are for people; the summary has them for programs.
    }

    public void Summary(WatchSummary summary) => Write(
        new SummaryLine("summary", summary.Alerts, summary.Findings, summary.Files, summary.Packages, summary.Lost, Math.Round(summary.Seconds, 3), summary.Events, summary.SlowExpressions),
        WatchShapes.Lines.SummaryLine);

    public void Dispose()
    {
    }

    private void Write<T>(T line, JsonTypeInfo<T> shape) => Write(JsonSerializer.Serialize(line, shape));

    private void Write(string line)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            try
            {
                output.Write(line + "\n");
                output.Flush();
            }
            catch (IOException)
            {
                // The reader of the pipe is gone. The alerts are in the store all the same.
                _closed = true;
            }
        }
    }
}
