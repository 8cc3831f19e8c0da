using System.Diagnostics;
using System.Runtime.Versioning;
using Canary.Models.Gating;

namespace Canary.Sensors.Gating;

/// <summary>What has to be done every now and then: deadlines, seals, and words that waited.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GateClock(WatchedFiles files, GateQueue queue, GateJudge judge, GateSeals seals, GateReports reports, ModelGateOptions options)
{
    private static readonly TimeSpan TellsAfter = TimeSpan.FromSeconds(1);
    // Who has a replaced file open may go on reading it. Until then the handle keeps its blocks on the disk.
    private static readonly TimeSpan ForgetsAfter = TimeSpan.FromMinutes(10);

    private const int LooksAtSealsEvery = 3;

    private readonly Dictionary<Demand, long> _told = [];
    private readonly List<Demand> _late = [];
    private int _turn;

    public void Turn()
    {
        bool looks = ++_turn % LooksAtSealsEvery == 0;
        foreach (var file in files.All)
        {
            Deadlines(file);
            if (!looks)
                continue;
            // Whoever had it open for writing may have closed it by now.
            seals.Seal(file);
            seals.Look(file);
            if (OpenFile.Of(file.Handle, withGeneration: false) is { Links: 0 })
                Gone(file);
        }

        foreach (var asked in queue.Late(options.Deadline))
            judge.GiveUp(asked);

        reports.Turn();
    }

    private void Deadlines(Watched file)
    {
        // Held long only by who syncs or seals it.
        if (!Monitor.TryEnter(file))
            return;
        try
        {
            for (int i = file.Demands.Count - 1; i >= 0; i--)
            {
                var demand = file.Demands[i];
                if (Stopwatch.GetElapsedTime(Math.Max(demand.Began, file.ProgressAt)) > options.Deadline)
                {
                    _late.Add(demand);
                    file.Demands.RemoveAt(i);
                }
                else
                {
                    Progress(file, demand);
                }
            }
        }
        finally
        {
            Monitor.Exit(file);
        }

        foreach (var demand in _late)
        {
            _told.Remove(demand);
            judge.GiveUp(demand.Asked, file, GateReason.Deadline, $"no chunk could be compared for {options.Deadline.TotalSeconds:0.###} s");
        }

        _late.Clear();
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

    private void Gone(Watched file)
    {
        lock (file)
        {
            if (file.GoneAt == 0)
                file.GoneAt = Stopwatch.GetTimestamp();
            if (file.Busy > 0 || file.Demands.Count > 0 || Stopwatch.GetElapsedTime(file.GoneAt) < ForgetsAfter)
                return;
        }

        files.Drop(file);
    }
}
