using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Files;

/// <summary>The C library calls of this folder.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const int OReadOnly = 0;
    internal const int ONonBlock = 0x800;
    internal const int OCloExec = 0x80000;
    internal const int ODirectory = 0x10000;
    internal const int OPath = 0x200000;

    /// <summary>The flags of an inode, as chattr(1) sets them; ioctl_iflags(2).</summary>
    internal const ulong GetFlags = 0x80086601;

    /// <summary>The generation of an inode number; linux/fs.h.</summary>
    internal const ulong GetVersion = 0x80087601;

    internal const int ImmutableFlag = 0x10;
    internal const int VerityFlag = 0x100000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    internal static partial int StatX(int directory, byte* path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int IoCtl(int descriptor, ulong request, long* argument);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int FSync(int descriptor);
}
