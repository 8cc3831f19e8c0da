namespace Canary.Sensors.Etw;

/// <summary>Turns the wall-clock times of payloads into nanoseconds since boot.</summary>
internal sealed class EtwClock
{
    // Windows sets its clock after the first processes are made: a start a little before the boot is one.
    private const long SlackNs = 600_000_000_000;

    // The clock of events and that of payloads are two, read a moment apart.
    private const long DriftNs = 1_000_000_000;
    private long _boot;

    /// <summary>The FILETIME (100 ns since 1601) of the boot, as the clock now stands; 0 while nobody told. Another thread may set it.</summary>
    public long BootFileTime
    {
        get => Interlocked.Read(ref _boot);
        set => Interlocked.Exchange(ref _boot, value);
    }

    /// <summary>Null where no boot time is known, and for times that no event of this boot up to <paramref name="untilNs"/> can have.</summary>
    public long? BootNs(long fileTime, long untilNs)
    {
        long boot = BootFileTime;
        if (boot <= 0 || fileTime <= 0 || fileTime - boot > long.MaxValue / 200 || fileTime - boot < -SlackNs / 100)
            return null;
        long ns = (fileTime - boot) * 100;
        return ns > untilNs + DriftNs ? null : Math.Max(1, ns);
    }
}
