using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Fanotify;

/// <summary>The C library calls of this folder, named as C names them but for the case.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const int AtFdCwd = -100;
    internal const int AtEmptyPath = 0x1000;
    internal const int AtHandleFid = 0x200;
    internal const int OPath = 0x200000;
    internal const int ODirectory = 0x10000;
    internal const int ONoFollow = 0x20000;
    internal const int OCloExec = 0x80000;
    internal const int ONoAtime = 0x40000;
    internal const int ONonBlock = 0x800;
    internal const ulong ResolveNoXdev = 1;
    internal const ulong ResolveNoMagicLinks = 2;
    internal const ulong ResolveNoSymlinks = 4;
    internal const ulong ResolveBeneath = 8;
    internal const int EPerm = 1;
    internal const int EXDev = 18;
    internal const int EInval = 22;
    internal const int EMFile = 24;
    internal const int ENameTooLong = 36;
    internal const int ENoSys = 38;
    private const int ClockBootTime = 7;

    [LibraryImport("libc", EntryPoint = "fanotify_init", SetLastError = true)]
    internal static partial int FanotifyInit(uint flags, uint eventFlags);

    [LibraryImport("libc", EntryPoint = "fanotify_mark", SetLastError = true)]
    internal static partial int FanotifyMark(int group, uint flags, ulong mask, int directory, byte* path);

    [LibraryImport("libc", EntryPoint = "name_to_handle_at", SetLastError = true)]
    internal static partial int NameToHandleAt(int directory, byte* path, byte* handle, int* mountId, int flags);

    [LibraryImport("libc", EntryPoint = "open_by_handle_at", SetLastError = true)]
    internal static partial int OpenByHandleAt(int mount, byte* handle, int flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    internal static partial int Open(byte* path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    internal static partial int OpenAt(int directory, byte* path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true)]
    internal static partial nint ReadLink(byte* path, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    internal static partial int FStatFs(int descriptor, byte* buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    internal static partial int StatX(int directory, byte* path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint GetEuid();

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, long* time);

    // openat2 and (before glibc 2.30) getdents64 have no wrapper
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint a, nint b, nint c, nint d);

    internal static int OpenAt2(int directory, byte* path, int flags, ulong resolve)
    {
        const nint Number = 437;
        ulong* how = stackalloc ulong[3] { (ulong)flags, 0, resolve };
        return (int)Syscall(Number, directory, (nint)path, (nint)how, 3 * sizeof(ulong));
    }

    internal static int GetDirectoryEntries(int descriptor, byte* buffer, int size)
    {
        nint number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 217 : 61;
        return (int)Syscall(number, descriptor, (nint)buffer, size, 0);
    }

    /// <summary>CLOCK_BOOTTIME in nanoseconds.</summary>
    internal static long BootTimeNs()
    {
        long* time = stackalloc long[2];
        _ = ClockGetTime(ClockBootTime, time);
        return (time[0] * 1_000_000_000) + time[1];
    }
}
