using System.Runtime.Versioning;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>What a path leads to, asked through an O_PATH descriptor: no open that a gate would be asked about.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class PathFacts
{
    /// <summary>A descriptor to close, or -1.</summary>
    public static int Open(string path, bool follow = false)
    {
        fixed (byte* name = Bytes.Terminated(Bytes.Of(path)))
            return LibC.Open(name, LibC.OPath | LibC.OCloExec | (follow ? 0 : LibC.ONoFollow), 0);
    }

    public static OpenFile? Of(string path, bool follow = false)
    {
        int descriptor = Open(path, follow);
        if (descriptor < 0)
            return null;
        var facts = OpenFile.Of(descriptor, withGeneration: false);
        _ = LibC.Close(descriptor);
        return facts;
    }
}
