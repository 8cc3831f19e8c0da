using System.Runtime.Versioning;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>What a child process beats while its gate answers, and its parent listens to.</summary>
[SupportedOSPlatform("linux")]
public sealed unsafe class GatePulse : IDisposable
{
    /// <summary>For the child: not closed by exec.</summary>
    public int Descriptor { get; } = GateCalls.EventFd(0, LibC.ONonBlock);

    private const ulong StandsBeat = 1UL << 32;

    /// <summary>Whether it has been beaten since the last look.</summary>
    /// <param name="stands">One of the beats said that the gate stands.</param>
    public bool Take(out bool stands)
    {
        ulong beats = 0;
        bool any = LibC.Read(Descriptor, (byte*)&beats, sizeof(ulong)) == sizeof(ulong) && beats > 0;
        stands = beats >= StandsBeat;
        return any;
    }

    /// <summary>In the child, with the number that it was given.</summary>
    public static void Beat(int descriptor, bool stands)
    {
        ulong beat = stands ? StandsBeat : 1;
        _ = GateCalls.Write(descriptor, &beat, sizeof(ulong));
    }

    public void Dispose() => _ = LibC.Close(Descriptor);
}
