using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>The starts that wait for their other half, and what is held back until they are told.</summary>
internal sealed class StartJoin(EtwCounts counts)
{
    /// <summary>The kernel writes both halves one after the other: what bears a time further apart is of another process.</summary>
    public const long ApartNs = 100_000_000;

    // Two sessions deliver them, each with buffers of its own.
    private const long WaitNs = 250_000_000;

    // What was running is listed by each source in its own time, when the sensor starts.
    private const long WaitRunningNs = 2_000_000_000;
    private const int MostWaiting = 4096, MostHeld = 4096;

    private readonly Queue<EtwProcess> _starting = new(), _running = new();
    private readonly Dictionary<ProcessKey, Waiting> _byKey = [];
    private readonly Dictionary<EtwProcess, Waiting> _byProcess = [];

    public bool IsIdle => _byKey.Count == 0;

    public void Wait(EtwProcess process)
    {
        var waiting = new Waiting(process);
        _byKey[process.Key] = waiting;
        _byProcess[process] = waiting;
        (process.Start!.AlreadyRunning ? _running : _starting).Enqueue(process);
    }

    /// <summary>The next one that has waited long enough, or is one too many; null for none.</summary>
    public EtwProcess? Overdue(long nowNs) => Overdue(_starting, nowNs - WaitNs) ?? Overdue(_running, nowNs - WaitRunningNs);

    private static EtwProcess? Overdue(Queue<EtwProcess> queue, long beforeNs)
    {
        while (queue.TryPeek(out var process))
        {
            if (process.Start is { } start && start.AtNs >= beforeNs && queue.Count <= MostWaiting)
                return null;
            queue.Dequeue();
            if (process.Start is not null)
                return process;
        }

        return null;
    }

    public void Hold(List<SensorEvent> into, int from, Action<EtwProcess, List<SensorEvent>> tell)
    {
        List<EtwProcess>? full = null;
        int kept = from;
        for (int i = from; i < into.Count; i++)
        {
            var e = into[i];
            if (Before(e) is not { } waiting)
            {
                into[kept++] = e;
                continue;
            }

            (waiting.Held ??= []).Add(e);
            if (e is ProcessExecuted)
            {
                // A child of a process that is not told yet: its own events wait with it.
                (waiting.Children ??= []).Add(e.Actor);
                _byKey[e.Actor] = waiting;
            }

            if (waiting.Held.Count == MostHeld)
                (full ??= []).Add(waiting.Process);
        }

        into.RemoveRange(kept, into.Count - kept);
        foreach (var process in full ?? [])
        {
            counts.LoneHalves++;
            tell(process, into);
        }
    }

    /// <summary>Appends what was held for the process, under its final key.</summary>
    public void Release(EtwProcess process, ProcessKey provisional, List<SensorEvent> into)
    {
        if (!_byProcess.Remove(process, out var waiting))
            return;
        Unlock(provisional, waiting);
        foreach (var child in waiting.Children ?? [])
            Unlock(child, waiting);
        foreach (var e in waiting.Held ?? [])
            into.Add(provisional == process.Key ? e : Renamed(e, provisional, process.Key));
    }

    private void Unlock(ProcessKey key, Waiting waiting)
    {
        if (_byKey.GetValueOrDefault(key) == waiting)
            _byKey.Remove(key);
    }

    private Waiting? Before(SensorEvent e) =>
        _byKey.TryGetValue(e.Actor, out var waiting) || (e is ProcessExecuted { Parent: var parent } && _byKey.TryGetValue(parent, out waiting)) ? waiting : null;

    private static SensorEvent Renamed(SensorEvent e, ProcessKey from, ProcessKey to)
    {
        if (e is ProcessExecuted executed && executed.Parent == from)
            return executed with { Parent = to };
        return e.Actor == from ? e with { Actor = to } : e;
    }

    private sealed class Waiting(EtwProcess process)
    {
        public EtwProcess Process { get; } = process;
        public List<ProcessKey>? Children { get; set; }
        public List<SensorEvent>? Held { get; set; }
    }
}
