using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Models.Locking;
using Microsoft.Win32.SafeHandles;

namespace Canary.Sensors.Files;

/// <summary>Files with their keys: statx(2), the inode's flags and its generation.</summary>
[SupportedOSPlatform("linux")]
public sealed class LinuxModelFiles : IModelFiles
{
    private const int AtEmptyPath = 0x1000;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const uint BasicStats = 0x7FF;

    private readonly string _boot = Boot();

    public SafeFileHandle Open(string path)
    {
        // Opening a pipe or a device without O_NONBLOCK may wait for ever; for regular files the flag means nothing.
        int descriptor = LibC.Open(path, LibC.OReadOnly | LibC.ONonBlock | LibC.OCloExec, 0);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            string message = Marshal.GetPInvokeErrorMessage(error);
            throw error switch
            {
                1 or 13 => new UnauthorizedAccessException(message),
                2 or 20 => new FileNotFoundException(message, path),
                _ => new IOException(message),
            };
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (ModeOf(file) is { } mode && (mode & TypeMask) == RegularFile)
            return file;
        file.Dispose();
        throw new IOException("no regular file");
    }

    public unsafe FileKey? KeyOf(SafeFileHandle file)
    {
        byte* stat = stackalloc byte[256];
        if (!Stat(file, stat))
            return null;
        int descriptor = (int)file.DangerousGetHandle();
        long flags = 0, generation = 0;
        bool hasFlags = LibC.IoCtl(descriptor, LibC.GetFlags, &flags) == 0;
        if (LibC.IoCtl(descriptor, LibC.GetVersion, &generation) != 0)
            generation = 0;
        // struct statx: nlink at 16, ino at 32, size at 40, ctime at 96, mtime at 112, dev major and minor at 136
        return new FileKey(
            ((ulong)*(uint*)(stat + 136) << 32) | *(uint*)(stat + 140), *(ulong*)(stat + 32), (uint)generation, *(long*)(stat + 40), Time(stat + 96), Time(stat + 112), _boot)
        {
            Links = *(uint*)(stat + 16),
            Sealed = hasFlags && (flags & (LibC.ImmutableFlag | LibC.VerityFlag)) != 0,
        };
    }

    public string? PlaceOf(SafeFileHandle file)
    {
        // The kernel appends a word to the name of a file that has none any more.
        string? place = File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false)?.FullName;
        return place is null || place.EndsWith(" (deleted)", StringComparison.Ordinal) ? null : place;
    }

    public string RealPath(string directory)
    {
        int descriptor = LibC.Open(directory, LibC.OPath | LibC.ODirectory | LibC.OCloExec, 0);
        if (descriptor < 0)
            return Path.GetFullPath(directory);
        using var opened = new SafeFileHandle(descriptor, ownsHandle: true);
        return PlaceOf(opened) ?? Path.GetFullPath(directory);
    }

    // A read-only file system refuses, and there nobody writes.
    public void Sync(SafeFileHandle file) => _ = LibC.FSync((int)file.DangerousGetHandle());

    private static unsafe int? ModeOf(SafeFileHandle file)
    {
        byte* stat = stackalloc byte[256];
        return Stat(file, stat) ? *(ushort*)(stat + 28) : null;
    }

    private static unsafe bool Stat(SafeFileHandle file, byte* into)
    {
        byte empty = 0;
        return LibC.StatX((int)file.DangerousGetHandle(), &empty, AtEmptyPath, BasicStats, into) == 0;
    }

    private static unsafe long Time(byte* at) => (*(long*)at * 1_000_000_000) + *(uint*)(at + 8);

    private static string Boot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
