using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Canary.Sensors.Ebpf;

/// <summary>The root of the cgroup v2 hierarchy, which every socket belongs to, in hybrid systems too.</summary>
[SupportedOSPlatform("linux")]
internal static partial class CgroupRoot
{
    private const int DirectoryOnly = 0x10000, CloseOnExec = 0x80000;

    /// <summary>Null when no cgroup2 is mounted.</summary>
    public static SafeFileHandle? Open()
    {
        foreach (string line in File.ReadLines("/proc/self/mounts"))
        {
            string[] parts = line.Split(' ');
            if (parts.Length < 3 || parts[2] != "cgroup2")
                continue;
            string path = parts[1].Replace("\\040", " ", StringComparison.Ordinal);
            int fd = OpenDirectory(path, DirectoryOnly | CloseOnExec);
            if (fd >= 0)
                return new SafeFileHandle(fd, ownsHandle: true);
        }

        return null;
    }

    [System.Runtime.InteropServices.LibraryImport("libc", EntryPoint = "open", StringMarshalling = System.Runtime.InteropServices.StringMarshalling.Utf8)]
    private static partial int OpenDirectory(string path, int flags);
}
