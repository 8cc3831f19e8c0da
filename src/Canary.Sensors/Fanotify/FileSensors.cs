using Canary.Events;

namespace Canary.Sensors.Fanotify;

/// <summary>Chooses the file tier of this machine: LSM or fentry programs, then fanotify, then system call tracepoints.</summary>
public static class FileSensors
{
    private const string LsmList = "/sys/kernel/security/lsm";

    /// <summary>What the fanotify tier does not see.</summary>
    public static IReadOnlyList<string> FanotifyBlind { get; } =
    [
        "files outside the sensitive paths and the work trees of agent sessions; in /tmp, all but the names that come and go at its top",
        "opens of ordinary files in a work tree (only files with names that hold secrets); writes are seen when the file is closed",
        "reads and mappings of a file that was open before, and what is read or written",
        "a session's tree when its working directory is /, /usr, /tmp or the like; of a home directory, only its top level and the sensitive paths",
        "mounts inside a work tree; /proc and /sys; file systems without file handles",
        "a file that is created and gone again in a new directory within milliseconds",
        "which events were lost when the kernel's queue overflowed (fs.fanotify.max_queued_events)",
    ];

    /// <summary>The sensor for this machine, not started; none where there is no fanotify, and then the state says so.</summary>
    public static FileSensorChoice Choose(FileWatch watch, TimeProvider? time = null)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new(null, new("fanotify", null, "files are watched on Linux only, so far", [], []));
        }

        string why = WhyNotLsm();
        return new(new FanotifySensor(watch, time, why), new("fanotify", "fanotify", why, FanotifyBlind, ["file", "device"]));
    }

    private static string WhyNotLsm()
    {
        const string Missing = "this version of Canary has no LSM, fentry or tracepoint tier for files";
        try
        {
            if (!File.Exists(LsmList))
                return $"{Missing} ({LsmList} cannot be read, so whether this kernel would take LSM programs is not known)";
            return Array.IndexOf(File.ReadAllText(LsmList).Trim().Split(','), "bpf") >= 0
                ? $"{Missing} (this kernel lists bpf among its security modules)"
                : $"{Missing} (and this kernel does not list bpf among its security modules)";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Missing;
        }
    }
}

/// <summary>A file sensor, and how it will run or why there is none.</summary>
public sealed record FileSensorChoice(ISensor? Sensor, SensorState State);
