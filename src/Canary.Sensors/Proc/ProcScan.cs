using System.Globalization;
using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Proc;

/// <summary>What /proc shows at this moment.</summary>
[SupportedOSPlatform("linux")]
internal static class ProcScan
{
    /// <summary>All processes, oldest first, so that parents come before children; kernel threads and zombies left out.</summary>
    public static List<(int Pid, ProcStat Stat)> Processes()
    {
        var found = new List<(int Pid, ProcStat Stat)>(512);
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(folder.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && ProcFiles.TryStat(pid, out var stat) && !stat.Kernel && !stat.Dead)
                found.Add((pid, stat));
        }

        found.Sort(static (a, b) => a.Stat.StartedNs != b.Stat.StartedNs ? a.Stat.StartedNs.CompareTo(b.Stat.StartedNs) : a.Pid.CompareTo(b.Pid));
        return found;
    }

    /// <summary>The process as an exec event; null when it went meanwhile.</summary>
    public static ProcessExecuted? Describe(ProcessKey key, ProcessKey parent, long now, bool alreadyRunning)
    {
        bool lossy = false, cut = false;
        string[] arguments = ProcFiles.Arguments(key.Pid, ref cut, ref lossy);
        string? image = ProcFiles.Link(key.Pid, "exe", ref lossy);
        if (image is null && arguments.Length == 0)
            return null;
        // Another user's image is not ours to see: the name it was started by has to do.
        image ??= arguments[0];
        // As of its start where it ran before: in an order by time it then comes before its children and its own acts
        return new ProcessExecuted(alreadyRunning ? key.StartedNs : now, key, parent)
        {
            Image = image,
            Requested = image,
            Arguments = arguments,
            CurrentDirectory = ProcFiles.Link(key.Pid, "cwd", ref lossy),
            Uid = ProcFiles.Uid(key.Pid),
            Truncated = cut,
            Lossy = lossy,
            AlreadyRunning = alreadyRunning,
        };
    }
}
