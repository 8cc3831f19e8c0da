using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Proc;

/// <summary>Processes only, told by the kernel's process connector and looked up in /proc: what remains where eBPF does not run.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProcConnectorSensor : ISensor
{
    private const int MostAtOnce = 8192;

    private readonly Dictionary<int, ProcessKey> _alive = [];
    private readonly List<SensorEvent> _running = [];
    private ProcessConnector? _connector;
    private long _gone, _overflowsTold;

    public string Name => "proc-connector";

    public SensorState Start()
    {
        if (!Environment.IsPrivilegedProcess)
            return Off("the process connector needs root: run with sudo");
        _connector = ProcessConnector.Open();
        if (_connector is null)
            return Off($"the kernel's process connector: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        long now = BootClock.Now();
        foreach (var (pid, stat) in ProcScan.Processes())
        {
            var key = _alive[pid] = new ProcessKey(pid, stat.StartedNs);
            if (ProcScan.Describe(key, _alive.GetValueOrDefault(stat.Parent), now, alreadyRunning: true) is { } seen)
                _running.Add(seen);
        }

        return new SensorState(Name, "process connector", null,
            [
                "path and arguments of processes that end within milliseconds (counted as lost)",
                "what a program did before it rewrote its own arguments",
                "connections and DNS questions",
                "ptrace, bpf, module loads and memfd_create",
            ],
            ["process"]);
    }

    public bool Collect(List<SensorEvent> into)
    {
        if (_connector is null)
            return false;
        into.AddRange(_running);
        _running.Clear();
        long suspended = BootClock.Now() - BootClock.Monotonic();
        for (int i = 0; i < MostAtOnce; i++)
        {
            if (!_connector.TryRead(out var seen))
                return false;
            if (Read(seen, seen.AtNs + suspended) is { } told)
                into.Add(told);
        }

        return true;
    }

    public void CollectLosses(List<SensorLoss> into)
    {
        long overflows = (_connector?.Overflows ?? 0) - _overflowsTold;
        _overflowsTold += overflows;
        if (_gone + overflows > 0)
            into.Add(new SensorLoss(Name, "process", _gone + overflows));
        _gone = 0;
    }

    public void Dispose()
    {
        _connector?.Dispose();
        _connector = null;
    }

    private SensorEvent? Read(ConnectorEvent seen, long at)
    {
        switch (seen.Kind)
        {
            case ConnectorKind.Fork:
                var child = _alive[seen.Pid] = new ProcessKey(seen.Pid, at);
                return new ProcessForked(at, Key(seen.Parent), child, 0);
            case ConnectorKind.Exec:
                var parent = ProcFiles.TryStat(seen.Pid, out var stat) ? Key(stat.Parent) : ProcessKey.None;
                var executed = ProcScan.Describe(Key(seen.Pid), parent, at, alreadyRunning: false);
                if (executed is null)
                    _gone++;
                return executed;
            default:
                var key = Key(seen.Pid);
                _alive.Remove(seen.Pid);
                return new ProcessExited(at, key, (seen.Status & 0x7f) is var signal and not 0 ? 128 + signal : (seen.Status >> 8) & 0xff);
        }
    }

    // A fork that was lost: /proc knows the start, to 10 ms
    private ProcessKey Key(int pid)
    {
        if (pid == 0)
            return ProcessKey.None;
        if (_alive.TryGetValue(pid, out var key))
            return key;
        return _alive[pid] = new ProcessKey(pid, ProcFiles.TryStat(pid, out var stat) ? stat.StartedNs : 0);
    }

    private SensorState Off(string why) => new(Name, null, why, [], []);
}
