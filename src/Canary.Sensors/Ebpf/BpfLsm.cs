using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Ebpf;

/// <summary>
/// Whether this kernel was booted with its BPF security module. Without it LSM programs load and attach as if all were well, and are
/// never called: blindness that nothing would report.
/// </summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class BpfLsm
{
    private const long ListModules = 461; // lsm_list_modules, Linux 6.8, the same number on every architecture
    private const ulong Bpf = 109;
    private const string NotBooted = "the kernel was booted without its bpf security module: add bpf to the lsm= boot parameter";

    /// <summary>Null when it is active, else why LSM programs are not used.</summary>
    public static string? Inactive()
    {
        ulong* ids = stackalloc ulong[32];
        uint size = 32 * sizeof(ulong);
        long count = Call(ListModules, ids, &size, 0);
        if (count >= 0)
            return new ReadOnlySpan<ulong>(ids, (int)count).Contains(Bpf) ? null : NotBooted;
        try
        {
            return File.ReadAllText("/sys/kernel/security/lsm").Split(',', '\n').Contains("bpf") ? null : NotBooted;
        }
        catch (IOException)
        {
            return "the list of security modules cannot be read: sudo mount -t securityfs none /sys/kernel/security";
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long Call(long number, ulong* ids, uint* size, uint flags);
}
