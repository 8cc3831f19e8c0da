using System.Runtime.Versioning;
using System.Text;
using Canary.Events;
using Canary.Sensors.Etw;
using Microsoft.Win32;

namespace Canary.Sensors.Proc;

/// <summary>The clock and the process table of this system.</summary>
public static class SystemProbe
{
    private const string WindowsBoots = @"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters";

    public static IBootClock Clock => OperatingSystem.IsLinux() ? new LinuxClock() : new QpcClock();

    public static IProcessProbe Processes => OperatingSystem.IsLinux() ? new LinuxProcesses()
        : OperatingSystem.IsWindows() ? new WindowsProcesses(Clock, TimeProvider.System) : new NoProcesses();

    /// <summary>The same as long as the system runs without a restart; null where the system does not tell.</summary>
    public static string? BootId()
    {
        if (OperatingSystem.IsWindows())
            return Registry.GetValue(WindowsBoots, "BootId", null) is int count ? count.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [SupportedOSPlatform("linux")]
    private sealed class LinuxClock : IBootClock
    {
        public long NowNs() => BootClock.Now();
    }

    private sealed class NoProcesses : IProcessProbe
    {
        public string? Variable(int pid, string name) => null;

        public string UserName(uint uid) => uid.ToString(System.Globalization.CultureInfo.InvariantCulture);

        public ProcessExecuted? Describe(int pid) => null;
    }
}

/// <summary>Asks /proc and /etc/passwd.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxProcesses : IProcessProbe
{
    private const int LongestEnvironment = 256 * 1024;
    private const int LongestPasswd = 4 * 1024 * 1024;

    private Dictionary<uint, string>? _users;
    private DateTime _usersOf;

    public string? Variable(int pid, string name)
    {
        byte[] buffer = new byte[LongestEnvironment];
        var environment = ProcFiles.ReadFile(pid, "environ", buffer);
        byte[] wanted = Encoding.UTF8.GetBytes(name + "=");
        while (!environment.IsEmpty)
        {
            int end = environment.IndexOf((byte)0);
            var entry = end < 0 ? environment : environment[..end];
            if (entry.StartsWith(wanted))
                return Encoding.UTF8.GetString(entry[wanted.Length..]);
            environment = end < 0 ? default : environment[(end + 1)..];
        }

        return null;
    }

    public string UserName(uint uid) =>
        Users().TryGetValue(uid, out string? name) ? name : uid.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public ProcessExecuted? Describe(int pid)
    {
        if (!ProcFiles.TryStat(pid, out var stat))
            return null;
        bool cut = false, lossy = false;
        string image = ProcFiles.Link(pid, "exe", ref lossy) ?? "";
        return new ProcessExecuted(BootClock.Now(), new ProcessKey(pid, stat.StartedNs), new ProcessKey(stat.Parent, 0))
        {
            Image = image,
            Requested = image,
            Arguments = ProcFiles.Arguments(pid, ref cut, ref lossy),
            CurrentDirectory = ProcFiles.Link(pid, "cwd", ref lossy),
            Uid = ProcFiles.Uid(pid),
            Truncated = cut,
            Lossy = lossy,
            AlreadyRunning = true,
        };
    }

    private Dictionary<uint, string> Users()
    {
        var changed = File.GetLastWriteTimeUtc("/etc/passwd");
        if (_users is not null && changed == _usersOf)
            return _users;
        var users = new Dictionary<uint, string>();
        try
        {
            if (new FileInfo("/etc/passwd").Length <= LongestPasswd)
            {
                foreach (string line in File.ReadLines("/etc/passwd"))
                {
                    string[] parts = line.Split(':', 4);
                    if (parts.Length == 4 && uint.TryParse(parts[2], System.Globalization.CultureInfo.InvariantCulture, out uint uid))
                        users.TryAdd(uid, parts[0]);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Numbers instead of names, then.
        }

        (_users, _usersOf) = (users, changed);
        return users;
    }
}
