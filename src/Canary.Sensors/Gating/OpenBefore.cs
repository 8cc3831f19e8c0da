using System.Globalization;
using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Gating;

/// <summary>
/// Who had a guarded file open or mapped before the gate stood. The kernel fixes at the open whether reads raise events, so these are never
/// asked about.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class OpenBefore
{
    private const int MostDescriptors = 65_536;

    /// <param name="about">Which of the files.</param>
    /// <param name="when">The end of the sentence «it was open…».</param>
    public static void Tell(WatchedFiles files, GateReports reports, Func<FileId, bool> about, string when)
    {
        if (!files.All.Any(f => about(f.Id)))
            return;
        int self = Environment.ProcessId;
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(folder.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid == self)
                continue;
            Descriptors(folder, pid, files, reports, about, when);
            foreach (string path in MappedPaths.Of("/proc", pid))
            {
                if (PathFacts.Of(path) is { IsRegular: true } facts && files.Find(WatchedFiles.IdOf(facts)) is { } file && about(file.Id))
                    reports.Ungated(file.Path, file.Id, file.File, $"it was mapped {when}", pid);
            }
        }
    }

    private static void Descriptors(string folder, int pid, WatchedFiles files, GateReports reports, Func<FileId, bool> about, string when)
    {
        try
        {
            foreach (string link in Directory.EnumerateFileSystemEntries(folder + "/fd").Take(MostDescriptors))
            {
                if (PathFacts.Of(link, follow: true) is { IsRegular: true } facts && files.Find(WatchedFiles.IdOf(facts)) is { } file && about(file.Id))
                    reports.Ungated(file.Path, file.Id, file.File, $"it was open {when}", pid);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process went.
        }
    }
}
