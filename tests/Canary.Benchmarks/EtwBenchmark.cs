using System.Diagnostics;
using Canary.Agents;
using Canary.Events;
using Canary.Findings;
using Canary.Rules;
using Canary.Sensors.Etw;
using Canary.Tests.Sensors.Etw;

namespace Canary.Benchmarks;

/// <summary>
/// What an event of Windows costs from the ring to the rules: a made stream of an agent's work, payloads after the manifests, through
/// merge, decoders, lineage and the shipped rules, on one thread. The session itself, TraceEvent's share, runs on Windows alone.
/// </summary>
internal static class EtwBenchmark
{
    private const int Events = 100_000, Rounds = 7;

    public static int Run(Options options)
    {
        var events = new EtwStream(20_261_128).Of(options.Smoke ? 10_000 : Events);
        var book = RuleLoader.Load(RuleSources.BuiltIn()).Book;
        var rounds = new List<Round>();
        for (int i = options.Smoke ? 0 : -1; i < (options.Smoke ? 1 : Rounds); i++)
        {
            var (decoded, whole) = (Pass(events, null), Pass(events, book));
            if (i >= 0)
                rounds.Add(new Round(decoded, whole));
        }

        double decode = Estimate.MedianOf([.. rounds.Select(r => r.Decoded.Seconds)]), all = Estimate.MedianOf([.. rounds.Select(r => r.Whole.Seconds)]);
        var last = rounds[^1].Whole;
        Console.WriteLine($"{events.Count:N0} events, {events.Sum(e => e.Payload.Length) / 1e6:F1} MB of payload, median of {rounds.Count} rounds, one thread");
        Console.WriteLine($"  ring, merge, decoders, lineage      {events.Count / decode,12:N0} events/s  {rounds[^1].Decoded.Allocated / (double)events.Count,8:F0} bytes allocated an event");
        Console.WriteLine($"  the same and {book.Rules.Count} rules{"",18} {events.Count / all,12:N0} events/s  {last.Allocated / (double)events.Count,8:F0} bytes allocated an event");
        Console.WriteLine($"  of a core at 10,000 events/s        {1e6 * all / events.Count,12:F1} %");
        Console.WriteLine($"  activities {last.Activities:N0}, findings {last.Findings:N0}, lost {last.Lost}");
        return last.Lost == 0 ? 0 : 1;
    }

    private static Outcome Pass(IReadOnlyList<(bool IsProcess, EtwHeader Header, byte[] Payload)> events, RuleBook? book)
    {
        var (processes, rest, clock) = (new RingSession("process", 4 << 20), new RingSession("event", 16 << 20), new SetClock());
        var state = new EtwState(new DeviceMap([new(@"\Device\HarddiskVolume3", "C:")]), new WindowsInterest([], []));
        state.Clock.BootFileTime = EtwStream.Boot;
        using var sensor = new EtwSensor(processes, rest, new EtwDecoders(state), clock);
        var probe = new NobodyThere();
        var wall = new WallClock(clock, TimeProvider.System);
        var reader = new ActivityReader(
            new ProcessTable(wall, probe, ExecutableIdentity.OfPrograms([])), new Sessions([], [], probe), Catalogue.Of([]), wall, "windows");
        var engine = book is null ? null : new RuleEngine(book);
        var (taken, found) = (new List<SensorEvent>(), new List<Finding>());
        int activities = 0, findings = 0;
        GC.Collect();
        long allocated = GC.GetAllocatedBytesForCurrentThread(), began = Stopwatch.GetTimestamp();
        for (int at = 0; at < events.Count || !processes.Ring.IsEmpty || !rest.Ring.IsEmpty;)
        {
            for (int i = 0; i < 500 && at < events.Count; i++, at++)
            {
                var (isProcess, header, payload) = events[at];
                (isProcess ? processes : rest).Ring.TryWrite(header, payload);
                clock.Ns = header.AtNs;
            }

            if (at == events.Count)
                clock.Ns += 1_000_000_000;
            sensor.Collect(taken);
            foreach (var e in taken)
            {
                if (reader.Read(e) is not { } activity)
                    continue;
                activities++;
                if (engine is null)
                    continue;
                engine.Evaluate(activity, found);
                findings += found.Count;
                found.Clear();
            }

            taken.Clear();
        }

        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var losses = new List<SensorLoss>();
        sensor.CollectLosses(losses);
        return new Outcome(seconds, allocated, activities, findings, losses.Sum(l => l.Count) + reader.Unattributed);
    }

    private sealed record Round(Outcome Decoded, Outcome Whole);

    private sealed record Outcome(double Seconds, long Allocated, int Activities, int Findings, long Lost);
}
