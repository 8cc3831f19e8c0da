using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Proc;

/// <summary>Processes as /proc shows them twice a second: the last resort, for any user.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProcPollSensor(TimeProvider time) : ISensor
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<int, (ProcessKey Key, string Image)> _alive = [];
    private long? _last;

    public string Name => "proc-poll";

    public SensorState Start() => Directory.Exists("/proc/self")
        ? new SensorState(Name, "/proc twice a second", null,
            [
                "every process that lives for less than half a second, and every exec between two looks",
                "image and directory of other users' processes, unless run as root",
                "connections and DNS questions",
                "ptrace, bpf, module loads and memfd_create",
            ],
            ["process"])
        : new SensorState(Name, null, "/proc is not mounted: sudo mount -t proc proc /proc", [], []);

    public bool Collect(List<SensorEvent> into)
    {
        bool first = _last is null;
        if (_last is { } last && time.GetElapsedTime(last) < Pause)
            return false;
        _last = time.GetTimestamp();
        long now = BootClock.Now();
        var running = ProcScan.Processes();
        TellEnded(running, now, into);
        foreach (var (pid, stat) in running)
        {
            bool lossy = false;
            var key = new ProcessKey(pid, stat.StartedNs);
            string image = ProcFiles.Link(pid, "exe", ref lossy) ?? "";
            if (_alive.TryGetValue(pid, out var known) && known.Image == image)
                continue;
            _alive[pid] = (key, image);
            if (ProcScan.Describe(key, _alive.GetValueOrDefault(stat.Parent).Key, now, first) is { } seen)
                into.Add(seen);
        }

        return false;
    }

    // Between two looks at half-second distance everything can be missed; how much, nobody knows. Blind says so.
    public void CollectLosses(List<SensorLoss> into)
    {
    }

    public void Dispose() => _alive.Clear();

    private void TellEnded(List<(int Pid, ProcStat Stat)> running, long now, List<SensorEvent> into)
    {
        var still = new HashSet<ProcessKey>(running.Count);
        foreach (var (pid, stat) in running)
            still.Add(new ProcessKey(pid, stat.StartedNs));
        foreach (var (pid, known) in _alive)
        {
            if (still.Contains(known.Key))
                continue;
            into.Add(new ProcessExited(now, known.Key, 0));
            _alive.Remove(pid);
        }
    }
}
