using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Gating;

/// <summary>The C library calls of the gate, named as C names them but for the case.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class GateCalls
{
    internal const int EIo = 5;
    internal const int EAgain = 11;
    internal const int EOpNotSupp = 95;
    internal const short PollIn = 1;
    internal const int FSetSig = 10;
    internal const int FSetLease = 1024;
    internal const int FDupCloExec = 1030;
    internal const int FSetFd = 2;
    internal const int CloExec = 1;
    internal const int ReadLease = 0;
    internal const int NoLease = 2;

    /// <summary>A signal that does nothing by itself. A lease's own, SIGIO, would end the process.</summary>
    internal const int SigUrg = 23;

    internal const nuint GetVersion = 0x80087601;
    internal const nuint GetFlags = 0x80086601;
    internal const nuint SetFlags = 0x40086602;
    internal const int Immutable = 0x10;

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollFd* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    internal static partial nint PRead(int descriptor, byte* buffer, nint size, long offset);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, void* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int FSync(int descriptor);

    // Both are variadic in C; on x64 and arm64 Linux an integer argument is passed the same way.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int FCntl(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int IoCtl(int descriptor, nuint request, int* argument);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    internal static partial int INotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true)]
    internal static partial int INotifyAddWatch(int descriptor, byte* path, uint mask);

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
