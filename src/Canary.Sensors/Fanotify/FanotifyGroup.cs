using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Fanotify;

/// <summary>Opens a fanotify group that reports names and handles, or says in words why this machine has none.</summary>
[SupportedOSPlatform("linux")]
internal static class FanotifyGroup
{
    private const int CapDacReadSearch = 2;
    private const int CapSysAdmin = 21;

    internal static string? Open(bool withoutRename, out int group, out bool hasRename)
    {
        const uint Basic = Fan.CloExec | Fan.NonBlock | Fan.ReportFid | Fan.ReportDirFid | Fan.ReportName;
        group = -1;
        hasRename = !withoutRename;
        if (LackOfRights() is { } lack)
            return lack;
        try
        {
            if (hasRename)
                group = LibC.FanotifyInit(Basic | Fan.ReportTargetFid, 0);
            if (group < 0)
            {
                hasRename = false;
                group = LibC.FanotifyInit(Basic, 0);
            }
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return "the C library has no fanotify_init; glibc 2.13 or musl 1.1 and later have it";
        }

        if (group >= 0)
            return null;
        return Marshal.GetLastPInvokeError() switch
        {
            LibC.ENoSys => "this kernel has no fanotify; one built with CONFIG_FANOTIFY is needed",
            LibC.EInval => "this kernel's fanotify reports no names; Linux 5.9 or later is needed",
            LibC.EMFile => "too many fanotify groups are open; raise fs.fanotify.max_user_groups or close other monitors",
            LibC.EPerm => "fanotify was refused, though Canary runs as root: a seccomp or container policy forbids it; run Canary on the host",
            int error => $"fanotify_init failed: {Marshal.GetPInvokeErrorMessage(error)}",
        };
    }

    /// <summary>
    /// Without the real CAP_SYS_ADMIN a kernel since 5.13 still opens a group, but hides who acts: worse than none.
    /// </summary>
    internal static string? LackOfRights()
    {
        const string Way = "run it as root on the host, e.g. `sudo canary watch`";
        if (LibC.GetEuid() != 0)
            return $"watching files needs root; {Way}";
        try
        {
            string map = File.ReadAllText("/proc/self/uid_map");
            if (!map.Contains("4294967295", StringComparison.Ordinal))
                return $"this root is a user namespace's, to which fanotify does not tell who acts; {Way}";
            foreach (string line in File.ReadLines("/proc/self/status"))
            {
                if (!line.StartsWith("CapEff:", StringComparison.Ordinal))
                    continue;
                ulong held = Convert.ToUInt64(line[7..].Trim(), 16);
                const ulong Needed = (1UL << CapSysAdmin) | (1UL << CapDacReadSearch);
                return (held & Needed) == Needed ? null : $"watching files needs CAP_SYS_ADMIN and CAP_DAC_READ_SEARCH; {Way}";
            }
        }
        catch (IOException)
        {
            return null;
        }

        return null;
    }
}
