using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>
/// Every living process and the lately ended. Two sources tell of each start; they are joined into one event. A pid that is used
/// again is another process: by the kernel's sequence number where it is told, else by time.
/// </summary>
internal sealed class EtwProcesses(EtwClock clock, NtPaths paths, EtwCounts counts)
{
    private const int MostProcesses = 16 * 1024, MostEnded = 4096;

    /// <summary>How long after its end a process still answers for its pid: its last events may bear a later time.</summary>
    private const long AnswersEndedNs = 2_000_000_000;

    private readonly Dictionary<int, EtwProcess> _byPid = [];
    private readonly Dictionary<ulong, EtwProcess> _bySequence = [];
    private readonly Queue<EtwProcess> _ended = new();
    private Queue<EtwProcess> _started = new();
    private readonly StartJoin _join = new(counts);
    private Action<EtwProcess, List<SensorEvent>>? _tell;

    /// <summary>Which halves are to be waited for. With one source off, a start is told as soon as the other has told it.</summary>
    public StartHalves Expected { get; set; } = StartHalves.Both;

    public int Count { get; private set; }

    /// <summary>Who had the pid at that moment. <see cref="ProcessKey.StartedNs"/> is 0 where no event told of its start; none for pid 0.</summary>
    public ProcessKey KeyOf(int pid, long atNs) => Find(pid, atNs)?.Key ?? (pid == 0 ? ProcessKey.None : new ProcessKey(pid, 0));

    public EtwProcess? Find(int pid, long atNs)
    {
        var process = _byPid.GetValueOrDefault(pid);
        while (process?.Before is { } before && process.FirstAtNs > atNs)
            process = before;
        return process is { EndedNs: > 0 } && atNs > process.EndedNs + AnswersEndedNs ? null : process;
    }

    public void Started(EtwStart half, List<SensorEvent> into)
    {
        if (half.Pid == 0)
            return;
        if (Same(half) is { } known)
        {
            Complete(known, half, into);
            return;
        }

        var before = _byPid.GetValueOrDefault(half.Pid);
        if (before is { EndedNs: 0 })
        {
            counts.LostEnds++;
            Finish(before, half.AtNs);
        }

        long start = clock.BootNs(half.CreateTime, half.AtNs) ?? half.AtNs;
        if (before is not null && before.Key.StartedNs >= start)
            start = before.Key.StartedNs + 1;
        var process = new EtwProcess(new ProcessKey(half.Pid, start), half.AtNs)
        {
            CreateTime = half.CreateTime,
            ParentPid = half.ParentPid,
            HasThread = half.AlreadyRunning,
            Start = half,
            Halves = half.Half,
            Before = before,
            WasRunning = half.AlreadyRunning,
        };
        before?.After = process;
        _byPid[half.Pid] = process;
        Number(process, half.Sequence);
        _started.Enqueue(process);
        Count++;
        _join.Wait(process);
        if ((process.Halves & Expected) == Expected)
            Tell(process, into);
        Trim();
    }

    /// <param name="sequence">0 where the event does not say.</param>
    public void Ended(int pid, ulong sequence, long atNs, int exitCode, List<SensorEvent> into)
    {
        var process = sequence != 0 ? _bySequence.GetValueOrDefault(sequence) : null;
        if (process is null)
        {
            process = _byPid.GetValueOrDefault(pid);
            if (process is not null && sequence != 0 && process.Sequence != 0)
                process = null;
        }

        if (process is null || process.EndedNs != 0)
            return;
        Finish(process, atNs);
        into.Add(new ProcessExited(atNs, process.Key, exitCode));
    }

    /// <summary>Tells the starts whose other half did not come in time. <paramref name="nowNs"/> is the time of events.</summary>
    public void Flush(long nowNs, List<SensorEvent> into)
    {
        while (_join.Overdue(nowNs) is { } process)
        {
            counts.LoneHalves++;
            Tell(process, into);
        }
    }

    /// <summary>
    /// Takes back, from <paramref name="from"/> on, what was done by processes whose start is not told yet: no event shall come before
    /// the start of its actor. It follows the start.
    /// </summary>
    public void Hold(List<SensorEvent> into, int from)
    {
        if (!_join.IsIdle && into.Count > from)
            _join.Hold(into, from, _tell ??= Tell);
    }

    // The process that the event is about, where an earlier event told of it.
    private EtwProcess? Same(EtwStart half)
    {
        if (half.Sequence != 0 && _bySequence.TryGetValue(half.Sequence, out var numbered) && numbered.Key.Pid == half.Pid)
            return numbered;
        if (!_byPid.TryGetValue(half.Pid, out var known))
            return null;
        if (half.Sequence != 0 && known.Sequence != 0)
            return null;
        if (half.CreateTime != 0 && known.CreateTime != 0)
            return half.CreateTime == known.CreateTime ? known : null;
        // What runs at the moment is the process that was last seen to start.
        if (half.AlreadyRunning)
            return known.EndedNs == 0 ? known : null;
        bool isMissing = (known.Halves & half.Half) == 0 && known.ParentPid == half.ParentPid && (known.EndedNs == 0 || half.AtNs <= known.EndedNs);
        return isMissing && half.AtNs - known.FirstAtNs is >= -StartJoin.ApartNs and <= StartJoin.ApartNs ? known : null;
    }

    private void Complete(EtwProcess known, EtwStart half, List<SensorEvent> into)
    {
        Number(known, half.Sequence);
        if (known.CreateTime == 0)
            known.CreateTime = half.CreateTime;
        if (known.Start is null)
        {
            if ((known.Halves & half.Half) == 0)
                counts.LateHalves++;
            known.Halves |= half.Half;
            return;
        }

        known.Start = known.Start.With(half);
        known.Halves |= half.Half;
        if ((known.Halves & Expected) == Expected)
            Tell(known, into);
    }

    private void Tell(EtwProcess process, List<SensorEvent> into)
    {
        if (process.Start is not { } start)
            return;
        process.Start = null;
        var provisional = process.Key;
        if (clock.BootNs(start.CreateTime, start.AtNs) is { } created && created != provisional.StartedNs && created > (process.Before?.Key.StartedNs ?? 0))
            process.Key = new ProcessKey(start.Pid, created);
        into.Add(ToldStart.Of(start, process.Key, ParentOf(start, process), paths));
        _join.Release(process, provisional, into);
    }

    private ProcessKey ParentOf(EtwStart start, EtwProcess child)
    {
        if (start.ParentPid == 0)
            return ProcessKey.None;
        if (start.ParentSequence != 0 && _bySequence.TryGetValue(start.ParentSequence, out var numbered))
            return numbered.Key;
        // Whoever has the pid and began later is not the parent: that one is gone, and nobody told of it.
        var parent = Find(start.ParentPid, start.AtNs);
        bool isOther = parent is not null && (parent.IsYoungerThan(child) || (start.ParentSequence != 0 && parent.Sequence != 0));
        return isOther ? ProcessKey.None : parent?.Key ?? new ProcessKey(start.ParentPid, 0);
    }

    private void Number(EtwProcess process, ulong sequence)
    {
        if (sequence == 0 || process.Sequence != 0)
            return;
        process.Sequence = sequence;
        _bySequence[sequence] = process;
    }

    private void Finish(EtwProcess process, long atNs)
    {
        process.EndedNs = Math.Max(1, atNs);
        _ended.Enqueue(process);
        Trim();
    }

    private void Trim()
    {
        while (_ended.Count > MostEnded)
            Forget(_ended.Dequeue());
        while (Count > MostProcesses)
        {
            if (!_ended.TryDequeue(out var oldest))
            {
                oldest = _started.Dequeue();
                if (!oldest.Forgotten)
                    counts.ForgottenProcesses++;
            }

            Forget(oldest);
        }

        if (_started.Count > 2 * MostProcesses)
            _started = new Queue<EtwProcess>(_started.Where(p => !p.Forgotten));
    }

    private void Forget(EtwProcess process)
    {
        if (process.Forgotten)
            return;
        process.Forgotten = true;
        Count--;
        if (process.Sequence != 0 && _bySequence.GetValueOrDefault(process.Sequence) == process)
            _bySequence.Remove(process.Sequence);
        if (process.After is null)
            _byPid.Remove(process.Key.Pid);
        else
            process.After.Before = process.Before;
        process.Before?.After = process.After;
        process.Before = process.After = null;
    }
}
