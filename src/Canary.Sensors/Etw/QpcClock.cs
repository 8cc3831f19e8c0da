using System.Diagnostics;
using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>The performance counter, which ETW stamps events with, in nanoseconds. Pump and wall clock are set against it each second, so that a suspend shifts nothing.</summary>
internal sealed class QpcClock : IBootClock
{
    private static readonly double NsPerTick = 1e9 / Stopwatch.Frequency;

    public static long Ns(long counter) => (long)(counter * NsPerTick);

    public long NowNs() => Ns(Stopwatch.GetTimestamp());
}
