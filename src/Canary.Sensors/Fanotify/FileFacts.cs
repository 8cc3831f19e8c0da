using System.Runtime.Versioning;

namespace Canary.Sensors.Fanotify;

/// <summary>Type and link count of an open (or O_PATH) descriptor.</summary>
[SupportedOSPlatform("linux")]
internal readonly record struct FileFacts(int Mode, uint Links)
{
    private const int TypeMask = 0xF000;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;
    public bool IsRegular => (Mode & TypeMask) == 0x8000;
    public bool IsLink => (Mode & TypeMask) == 0xA000;
    public bool IsCharacterDevice => (Mode & TypeMask) == 0x2000;

    public static unsafe FileFacts? Of(int descriptor)
    {
        const uint TypeModeLinks = 7;
        const int DontSync = 0x4000;
        byte* buffer = stackalloc byte[256];
        byte empty = 0;
        // struct statx: nlink at 16, mode at 28
        return LibC.StatX(descriptor, &empty, LibC.AtEmptyPath | DontSync, TypeModeLinks, buffer) == 0
            ? new FileFacts(*(ushort*)(buffer + 28), *(uint*)(buffer + 16))
            : null;
    }
}
