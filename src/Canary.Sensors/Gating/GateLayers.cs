using System.Runtime.Versioning;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>
/// Keeps a file and the file that it is a view of out of the same group. When the kernel hands out a question about a file of an overlay, it
/// opens the one below it, in the thread that reads the group; were that one asked about, too, the thread would wait for itself.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class GateLayers
{
    /// <summary>The answer of a mark that was not set; no error number of the kernel's.</summary>
    public const int Mixed = -1;

    public const string Why = "a filesystem that shows files of another one (overlayfs, ecryptfs) cannot be guarded together with others; "
        + "give it a guard of its own, with a --state of its own";

    private const long Overlay = 0x794c7630, ECryptFs = 0xf15f, TmpFs = 0x01021994, RamFs = 0x858458f6;
    private const uint MountId = 0x1000;

    private readonly object _lock = new();
    // 0 for all that are no views; else the mount of the only view.
    private ulong? _kind;

    /// <summary>Whether a mark may be set there, beside those that there are.</summary>
    public bool Admits(string path, bool follow)
    {
        int descriptor = PathFacts.Open(path, follow);
        // The mark will say what is wrong.
        if (descriptor < 0)
            return true;
        ulong kind = Kind(descriptor);
        _ = LibC.Close(descriptor);
        lock (_lock)
        {
            _kind ??= kind;
            return _kind == kind;
        }
    }

    /// <summary>A file that is another filesystem's: whatever is changed in it copies it first.</summary>
    public static bool IsView(int descriptor) => Kind(descriptor) != 0;

    /// <summary>A filesystem in memory: a store through a mapping of a page that was read already moves no time.</summary>
    public static bool StoresUnseen(int descriptor)
    {
        byte* about = stackalloc byte[256];
        return LibC.FStatFs(descriptor, about) == 0 && *(long*)about is TmpFs or RamFs;
    }

    private static ulong Kind(int descriptor)
    {
        byte* about = stackalloc byte[256];
        if (LibC.FStatFs(descriptor, about) != 0 || *(long*)about is not (Overlay or ECryptFs))
            return 0;
        byte empty = 0;
        // struct statx: mnt_id 144
        return LibC.StatX(descriptor, &empty, LibC.AtEmptyPath, MountId, about) == 0 ? *(ulong*)(about + 144) : 0;
    }
}
