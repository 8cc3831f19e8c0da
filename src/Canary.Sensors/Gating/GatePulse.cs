using System.Runtime.Versioning;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>What a child process beats while its gate stands and answers, and its parent listens to.</summary>
[SupportedOSPlatform("linux")]
public sealed unsafe class GatePulse : IDisposable
{
    /// <summary>For the child: not closed by exec.</summary>
    public int Descriptor { get; } = GateCalls.EventFd(0, LibC.ONonBlock);

    /// <summary>Whether it has been beaten since the last look.</summary>
    public bool Take()
    {
        ulong beats = 0;
        return LibC.Read(Descriptor, (byte*)&beats, sizeof(ulong)) == sizeof(ulong) && beats > 0;
    }

    /// <summary>In the child, with the number that it was given.</summary>
    public static void Beat(int descriptor)
    {
        ulong one = 1;
        _ = GateCalls.Write(descriptor, &one, sizeof(ulong));
    }

    public void Dispose() => LibC.Close(Descriptor);
}
