using System.Runtime.Versioning;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>What a child process beats while its gate answers, and its parent listens to.</summary>
[SupportedOSPlatform("linux")]
public sealed unsafe class GatePulse : IDisposable
{
    /// <summary>For the child: not closed by exec.</summary>
    public int Descriptor { get; } = GateCalls.EventFd(0, LibC.ONonBlock);

    // The counter adds up what is written: beats in its lower half, words that are said a few times in its upper one.
    private const int StandsBit = 32, ReadyBit = 48;

    /// <summary>Whether it has been beaten since the last look.</summary>
    /// <param name="stands">One of the beats said that the gate stands.</param>
    /// <param name="ready">One of them said that the child does its work.</param>
    public bool Take(out bool stands, out bool ready)
    {
        ulong beats = 0;
        bool any = LibC.Read(Descriptor, (byte*)&beats, sizeof(ulong)) == sizeof(ulong) && beats > 0;
        (stands, ready) = ((beats >> StandsBit & 0xffff) != 0, beats >> ReadyBit != 0);
        return any;
    }

    /// <summary>In the child, with the number that it was given.</summary>
    public static void Beat(int descriptor, bool stands = false, bool ready = false)
    {
        ulong beat = 1 + (stands ? 1UL << StandsBit : 0) + (ready ? 1UL << ReadyBit : 0);
        _ = GateCalls.Write(descriptor, &beat, sizeof(ulong));
    }

    public void Dispose() => _ = LibC.Close(Descriptor);
}
