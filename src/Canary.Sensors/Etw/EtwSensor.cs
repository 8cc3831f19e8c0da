using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>
/// What Windows' kernel and its own parts tell through ETW. Two sessions, since a small one for processes alone is not drowned by the
/// rest; their rings are merged here by time, so that no event is read before the start of the process that did it.
/// </summary>
internal sealed class EtwSensor : ISensor
{
    private const int MostTaken = 8192;

    /// <summary>How long an event waits for one of the other session that may be older: sessions are flushed ten times a second.</summary>
    private const long HoldNs = 300_000_000;

    private readonly IEtwSession _processes, _rest;
    private readonly IBootClock _clock;
    private readonly EtwDecoders _decoders;
    private readonly long[] _outcomes = new long[4], _told = new long[4];
    private long _toldEnds, _toldForgotten, _toldRing, _toldSession, _toldProcessRing, _toldProcessSession;
    private bool _toldEnd;

    /// <param name="clock">The clock that the rings' times are of.</param>
    public EtwSensor(IEtwSession processes, IEtwSession rest, EtwDecoders decoders, IBootClock clock) =>
        (_processes, _rest, _decoders, _clock) = (processes, rest, decoders, clock);

    public string Name => "etw";

    public SensorState Start()
    {
        string? why = _processes.Start();
        if (why is not null)
            return new SensorState(Name, null, why, EtwWords.NothingSeen, []);
        string? lack = _rest.Start();
        return lack is null
            ? new SensorState(Name, EtwWords.Tier, null, EtwWords.Blind, ["process", "file", "network", "dns", "system", "device"])
            : new SensorState(Name, EtwWords.ProcessTier, lack, [.. EtwWords.Blind, "files, registry, connections, names, scripts"], ["process"]);
    }

    public bool Collect(List<SensorEvent> into)
    {
        long now = _clock.NowNs();
        int taken = 0;
        for (; taken < MostTaken; taken++)
        {
            bool first = _processes.Ring.TryPeek(out var process);
            bool second = _rest.Ring.TryPeek(out var other);
            if (!first && !second)
                break;
            bool fromProcesses = first && (!second || process.Header.AtNs <= other.Header.AtNs);
            var record = fromProcesses ? process : other;
            // The other ring is empty: something older may still be on its way to it.
            if (!(first && second) && record.Header.AtNs > now - HoldNs)
                break;
            _outcomes[(int)_decoders.Decode(record, into)]++;
            (fromProcesses ? _processes : _rest).Ring.Advance();
        }

        // Whatever waits in a ring is younger.
        if (taken < MostTaken)
            _decoders.Flush(now - HoldNs, into);
        return taken == MostTaken;
    }

    public void CollectLosses(List<SensorLoss> into)
    {
        Tell(into, _processes.Class, _processes.Lost, ref _toldProcessSession);
        Tell(into, _processes.Class, _processes.Ring.Dropped, ref _toldProcessRing);
        Tell(into, _rest.Class, _rest.Lost, ref _toldSession);
        Tell(into, _rest.Class, _rest.Ring.Dropped, ref _toldRing);
        Tell(into, "unknown version", _outcomes[(int)EtwOutcome.UnknownVersion], ref _told[(int)EtwOutcome.UnknownVersion]);
        Tell(into, "malformed", _outcomes[(int)EtwOutcome.Malformed], ref _told[(int)EtwOutcome.Malformed]);
        Tell(into, _processes.Class, _decoders.State.Counts.LostEnds, ref _toldEnds);
        Tell(into, _processes.Class, _decoders.State.Counts.ForgottenProcesses, ref _toldForgotten);
        if (!_toldEnd && !(_processes.IsRunning && _rest.IsRunning))
        {
            _toldEnd = true;
            into.Add(new SensorLoss(Name, "session stopped by another", 1));
        }
    }

    public void Dispose()
    {
        _processes.Dispose();
        _rest.Dispose();
    }

    private void Tell(List<SensorLoss> into, string lossClass, long total, ref long told)
    {
        if (total > told)
            into.Add(new SensorLoss(Name, lossClass, total - told));
        told = Math.Max(told, total);
    }
}
