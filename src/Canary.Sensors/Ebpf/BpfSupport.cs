using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Ebpf;

/// <summary>What the eBPF sensor needs of the machine, looked at before anything is tried.</summary>
[SupportedOSPlatform("linux")]
internal static class BpfSupport
{
    public const string NotRoot = "eBPF needs root: run with sudo";

    public const string InContainerSays = "Canary runs in a pid namespace of its own, so the kernel's pids are not those of its /proc: run it with the host's (--pid=host)";

    /// <summary>The kernel tells pids of the initial namespace; another one's /proc shows other processes under these numbers.</summary>
    public static bool InContainer => new FileInfo("/proc/self/ns/pid").LinkTarget is { } own && own != "pid:[4026531836]"; // PROC_PID_INIT_INO

    /// <summary>Why it cannot run here and the way out; null when nothing is known to be missing.</summary>
    public static string? Missing()
    {
        if (!Environment.IsPrivilegedProcess)
            return NotRoot;
        if (!File.Exists("/sys/kernel/btf/vmlinux"))
            return "eBPF needs the kernel's type information (/sys/kernel/btf/vmlinux): a kernel of 5.8 or newer built with CONFIG_DEBUG_INFO_BTF=y";
        if (!NativeLibrary.TryLoad(LibBpf.Library, out nint library))
            return "eBPF needs libbpf: sudo apt-get install libbpf1 (elsewhere the package that holds libbpf.so.1)";
        NativeLibrary.Free(library);
        return null;
    }
}
