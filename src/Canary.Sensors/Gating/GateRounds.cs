using System.Diagnostics;
using System.Runtime.Versioning;
using Canary.Models.Gating;

namespace Canary.Sensors.Gating;

/// <summary>Words that waited: who was turned away, how far those are who wait, what devices a loader has by now.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GateRounds(WatchedFiles files, GateClock clock, GateReports reports)
{
    private static readonly TimeSpan TellsAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Demand, long> _told = [];

    public void Turn()
    {
        foreach (var file in files.All)
            Waiting(file);
        clock.Tell();
        reports.Turn();
    }

    private void Waiting(Watched file)
    {
        if (!Monitor.TryEnter(file))
            return;
        try
        {
            foreach (var asked in file.Sweep())
                GateGroup.Close(asked);
            foreach (var demand in file.Demands)
                Progress(file, demand);
        }
        finally
        {
            Monitor.Exit(file);
        }
    }

    private void Progress(Watched file, Demand demand)
    {
        var waited = Stopwatch.GetElapsedTime(demand.Began);
        if (waited < TellsAfter || (_told.TryGetValue(demand, out long at) && Stopwatch.GetElapsedTime(at) < TellsAfter))
            return;
        if (_told.Count > 1024)
            _told.Clear();
        _told[demand] = Stopwatch.GetTimestamp();
        long start = file.File.Chunks.Place(demand.First).Offset;
        long done = file.File.Chunks.Place(Math.Min(demand.Done, demand.Last)).Offset - start;
        (long lastOffset, int lastBytes) = file.File.Chunks.Place(demand.Last);
        reports.Say(new GateProgress(file.Path, demand.Asked.Pid, done, lastOffset + lastBytes - start, done / waited.TotalSeconds));
    }
}
