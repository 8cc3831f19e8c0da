using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Proc;

/// <summary>Nanoseconds since boot, suspend counted: the clock of every kernel event.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class BootClock
{
    private const int BootTime = 7, MonotonicTime = 1; // CLOCK_BOOTTIME, CLOCK_MONOTONIC

    public static long Now() => Read(BootTime);

    /// <summary>The same without suspend.</summary>
    public static long Monotonic() => Read(MonotonicTime);

    private static long Read(int clock)
    {
        long* time = stackalloc long[2];
        _ = GetTime(clock, time);
        return time[0] * 1_000_000_000 + time[1];
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, long* into);
}
