using System.Globalization;
using System.Runtime.Versioning;
using Canary.Events;
using Canary.Findings;
using Canary.Models.Gating;
using Canary.Sensors.Proc;

namespace Canary.Sensors.Gating;

/// <summary>Asks /proc who loads. Most are waiting for the gate's answer meanwhile, and so still there.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LoaderProbe(TimeProvider time)
{
    private const int LongestCommandLine = 4096;
    private const int MostAncestors = 16;

    private readonly LinuxProcesses _processes = new();

    public static long Started(int pid) => ProcFiles.TryStat(pid, out var stat) ? stat.StartedNs : 0;

    public Loader Describe(int pid)
    {
        lock (_processes)
        {
            var chain = new List<ProcessFacts>();
            long started = 0;
            for (int next = pid; chain.Count < MostAncestors && next > 0 && _processes.Describe(next) is { } process; next = process.Parent.Pid)
            {
                if (chain.Count == 0)
                    started = process.Actor.StartedNs;
                string line = string.Join(' ', process.Arguments);
                var age = TimeSpan.FromMicroseconds((process.AtNs - process.Actor.StartedNs) / 1000);
                chain.Add(new ProcessFacts(next, time.GetUtcNow() - age, process.Image, line.Length > LongestCommandLine ? line[..LongestCommandLine] : line,
                    process.CurrentDirectory, _processes.UserName(process.Uid)));
            }

            return new Loader(pid, started, chain, GpuDevices.Of("/proc", pid));
        }
    }

    /// <summary>None where the pid is another process by now.</summary>
    public static IReadOnlyList<string> Devices(int pid, long started) => started != 0 && Started(pid) == started ? GpuDevices.Of("/proc", pid) : [];

    /// <summary>Runs as root from this very file. Its path would say nothing: in a container another file has it.</summary>
    public static bool IsRootWith(int pid, FileId image) =>
        ProcFiles.Uid(pid) == 0
        && PathFacts.Of(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/exe"), follow: true) is { } facts && WatchedFiles.IdOf(facts) == image;

    /// <summary>
    /// Whether all descriptors that a process has of a file can only write: what asks for a range is then no reader. No descriptor at
    /// all (a file that was registered with a ring and closed) is no proof.
    /// </summary>
    public static bool OnlyWrites(int pid, ulong device, ulong inode)
    {
        const int AccessMode = 3, WriteOnly = 1;
        bool writes = false;
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd");
        try
        {
            foreach (string link in Directory.EnumerateFileSystemEntries(folder))
            {
                if (PathFacts.Of(link, follow: true) is not { } facts || facts.Stamp.Device != device || facts.Stamp.Inode != inode)
                    continue;
                string? flags = File.ReadLines($"{folder}info/{Path.GetFileName(link)}").FirstOrDefault(l => l.StartsWith("flags:", StringComparison.Ordinal));
                if (flags is null || (Convert.ToInt64(flags[6..].Trim(), 8) & AccessMode) != WriteOnly)
                    return false;
                writes = true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            return false;
        }

        return writes;
    }
}
