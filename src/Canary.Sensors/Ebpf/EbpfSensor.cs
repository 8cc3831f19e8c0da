using System.Runtime.Versioning;
using System.Text;
using Canary.Events;
using Canary.Sensors.Proc;

namespace Canary.Sensors.Ebpf;

/// <summary>
/// Processes, connections, DNS questions and rarely used system interfaces, from BPF programs in the kernel. Session tags live in the
/// kernel too: a child has its parent's before it runs its first instruction.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class EbpfSensor(EbpfOptions options) : ISensor, ITagsSessions
{
    private const int MostAtOnce = 8192;
    private const int LongestName = 32, NamesMost = 1024; // Native/processes.h

    private readonly EventReader _reader = new();
    private List<SensorEvent> _running = [];
    private int _runningTold;
    private BpfPrograms? _programs;
    private KernelRing? _processRing, _otherRing;
    private LossCounters? _losses;
    private long _untagged;

    public string Name => "ebpf";

    public SensorState Start()
    {
        if (BpfSupport.Missing() is { } missing)
            return Off(missing);
        try
        {
            _programs = BpfPrograms.Load(options);
            var main = _programs.Main;
            _processRing = new KernelRing(main.MapFd("process_ring"), options.ProcessRing);
            _otherRing = new KernelRing(main.MapFd("other_ring"), options.OtherRing);
            _losses = new LossCounters(main.MapFd("lost"));
            var unmatched = FillNames(main.MapFd("agent_names"));
            var state = _programs.Attach(options);
            foreach (var (program, lossClass) in _programs.Attached)
                _losses.Watch(program, lossClass);
            _running = RunningTasks.Find(main);
            _runningTold = 0;
            return unmatched.Count == 0 ? state : state with { Blind = [.. state.Blind, .. unmatched] };
        }
        catch (BpfRefused e)
        {
            Dispose();
            return Off(Environment.IsPrivilegedProcess ? e.Message : BpfSupport.NotRoot);
        }
    }

    public bool Collect(List<SensorEvent> into)
    {
        if (_processRing is null || _otherRing is null)
            return false;
        int most = into.Count + MostAtOnce;
        while (_runningTold < _running.Count && into.Count < most)
            into.Add(_running[_runningTold++]);
        if (_runningTold < _running.Count)
            return true;
        if (_runningTold > 0)
            (_running, _runningTold) = ([], 0);

        // What another process did must not be told before the fork and exec that made it: what counts as "before" is fixed here,
        // and the second ring waits when the first could not be read to its end.
        ulong otherEnd = _otherRing.Written;
        ulong processEnd = _processRing.Written;
        if (!Drain(_processRing, processEnd, into, most))
            return true;
        return !Drain(_otherRing, otherEnd, into, most) || _processRing.Written != _processRing.Read || _otherRing.Written != _otherRing.Read;
    }

    public void CollectLosses(List<SensorLoss> into)
    {
        _losses?.Collect(Name, into);
        if (_untagged > 0)
            into.Add(new SensorLoss(Name, "lineage", _untagged));
        _untagged = 0;
    }

    public unsafe bool Tag(ProcessKey process, uint session)
    {
        if (_programs is null || process.IsNone || !ProcFiles.IsAlive(process))
            return false;
        int map = _programs.Main.MapFd("lineages");
        uint pid = (uint)process.Pid;
        // Owner: a later exec of a known agent's name in this same process is no new session.
        var own = new WireLineage { Start = (ulong)process.StartedNs, Session = session, Owner = 1 };
        if (LibBpf.Update(map, &pid, &own, 0) != 0)
        {
            _untagged++;
            return false;
        }

        if (ProcFiles.IsAlive(process))
            return true;
        WireLineage there;
        if (LibBpf.Lookup(map, &pid, &there) == 0 && there.Start == own.Start)
            _ = LibBpf.Delete(map, &pid);
        return false;
    }

    public void Dispose()
    {
        _processRing?.Dispose();
        _otherRing?.Dispose();
        _programs?.Dispose();
        _processRing = _otherRing = null;
        _programs = null;
        _losses = null;
    }

    private SensorState Off(string why) => new(Name, null, why, [], []);

    /// <summary>False when it stopped before the end.</summary>
    private bool Drain(KernelRing ring, ulong end, List<SensorEvent> into, int most)
    {
        while (into.Count < most && ring.TryPeek(end, out var record))
        {
            int length = record.Length;
            if (_reader.Read(record) is { } seen)
                into.Add(seen);
            ring.Advance(length);
        }

        return ring.Read >= end;
    }

    /// <summary>Returns a clause for each name that the kernel cannot look for.</summary>
    private unsafe List<string> FillNames(int map)
    {
        var unmatched = new List<string>();
        byte* name = stackalloc byte[LongestName];
        uint one = 1;
        foreach (string basename in options.AgentBasenames)
        {
            var key = new Span<byte>(name, LongestName);
            key.Clear();
            if (basename.Length == 0 || !Encoding.UTF8.TryGetBytes(basename, key, out _) || LibBpf.Update(map, name, &one, 0) != 0)
                unmatched.Add($"the first instants of the agent '{basename}': the kernel looks for {NamesMost} names of up to {LongestName} bytes");
        }

        return unmatched;
    }
}
