using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Sensors.Files;
using Microsoft.Win32.SafeHandles;

namespace Canary.Sensors.Proc;

/// <summary>Whether a file may direct what root does.</summary>
public static partial class FileTrust
{
    private const int EmptyPath = 0x1000, HereDirectory = -100;
    private const uint BasicStats = 0x7ff;
    private const ushort WritableByOthers = 0x12;

    /// <summary>
    /// Why not: it belongs to another than root (on Windows: SYSTEM or Administrators), or others may write it. Null when it may, or when
    /// this process is not root's (an administrator's).
    /// </summary>
    /// <remarks>Asks the open file, so that nothing can be put in its place in between.</remarks>
    public static string? Distrust(SafeFileHandle file) =>
        !Environment.IsPrivilegedProcess ? null
        : OperatingSystem.IsLinux() ? AsRoot(file)
        : OperatingSystem.IsWindows() ? WindowsFileTrust.Distrust(file) : null;

    /// <summary>The same of a path, which may be a directory's. Links are followed.</summary>
    public static unsafe string? Distrust(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        byte* about = stackalloc byte[256];
        return Statx(HereDirectory, path, 0, BasicStats, about) != 0 ? "it cannot be looked at" : Judged(about);
    }

    [SupportedOSPlatform("linux")]
    private static unsafe string? AsRoot(SafeFileHandle file)
    {
        // struct statx of linux/stat.h: stx_uid at 20, stx_mode at 28, 256 bytes in all on every architecture.
        byte* about = stackalloc byte[256];
        if (Statx((int)file.DangerousGetHandle(), "", EmptyPath, BasicStats, about) != 0)
            return "its owner cannot be told";
        return Judged(about);
    }

    private static unsafe string? Judged(byte* about)
    {
        uint owner = BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(about + 20, 4));
        ushort mode = BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(about + 28, 2));
        return owner != 0 ? $"it belongs to user {owner}, and as root only root's own configuration is followed"
            : (mode & WritableByOthers) != 0 ? "others may write it (chmod go-w)"
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* into);
}
