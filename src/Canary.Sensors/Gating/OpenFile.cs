using System.Runtime.Versioning;
using System.Text;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>What an open descriptor says of its file.</summary>
/// <param name="Immutable">Nobody can change it, not even who has it open for writing, until the flag is taken off.</param>
/// <param name="Verity">Nobody can change it, ever, and the kernel holds what it reads of it from the disk against a hash tree.</param>
[SupportedOSPlatform("linux")]
internal readonly record struct OpenFile(FileStamp Stamp, bool IsRegular, bool IsDirectory, bool IsLink, bool Immutable, bool Verity, uint Links)
{
    private const uint BasicStats = 0x7ff;
    // STATX_ATTR_ of linux/stat.h
    private const ulong ImmutableAttribute = 0x10, VerityAttribute = 0x100000;

    /// <param name="withGeneration">Needs a descriptor that is really open, not O_PATH.</param>
    public static unsafe OpenFile? Of(int descriptor, bool withGeneration = true)
    {
        byte* about = stackalloc byte[256];
        byte empty = 0;
        if (LibC.StatX(descriptor, &empty, LibC.AtEmptyPath, BasicStats, about) != 0)
            return null;
        int generation = 0;
        if (withGeneration)
            _ = GateCalls.IoCtl(descriptor, GateCalls.GetVersion, &generation);
        // struct statx: attributes 8, nlink 16, mode 28, ino 32, size 40, ctime 96, mtime 112, device 136
        int type = *(ushort*)(about + 28) & 0xF000;
        ulong device = ((ulong)*(uint*)(about + 136) << 32) | *(uint*)(about + 140);
        var stamp = new FileStamp(device, *(ulong*)(about + 32), (uint)generation, *(long*)(about + 40), Time(about + 96), Time(about + 112));
        ulong attributes = *(ulong*)(about + 8);
        return new OpenFile(stamp, type == 0x8000, type == 0x4000, type == 0xA000, (attributes & ImmutableAttribute) != 0, (attributes & VerityAttribute) != 0,
            *(uint*)(about + 16));
    }

    /// <summary>As the mount that it was opened through names it.</summary>
    public static unsafe string PathOf(int descriptor)
    {
        byte[] link = Bytes.Terminated(Bytes.Of($"/proc/self/fd/{descriptor}"));
        byte* target = stackalloc byte[Bytes.LongestPath];
        fixed (byte* name = link)
        {
            nint length = LibC.ReadLink(name, target, Bytes.LongestPath);
            return length <= 0 ? "" : Encoding.UTF8.GetString(target, (int)length);
        }
    }

    private static unsafe long Time(byte* at) => (*(long*)at * 1_000_000_000) + *(uint*)(at + 8);
}
