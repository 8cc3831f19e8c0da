using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>The event of a start, from what was told of it.</summary>
internal static class ToldStart
{
    private const int SystemPid = 4;

    public static ProcessExecuted Of(EtwStart start, ProcessKey key, ProcessKey parent, NtPaths paths)
    {
        string image = start switch
        {
            { Pid: SystemPid } => "System",
            { ImagePath: { Length: > 0 } path } => paths.Dos(path),
            _ => start.ImageName ?? "",
        };
        string[] arguments = WindowsArguments.Split(start.CommandLine ?? "");
        return new ProcessExecuted(start.AtNs, key, parent)
        {
            Image = image,
            Requested = arguments is [{ Length: > 0 } requested, ..] ? requested : image,
            Arguments = arguments,
            CommandLine = start.CommandLine,
            User = start.User,
            IntegrityLevel = start.IntegrityLevel,
            // A half without the line is not the whole of it.
            Truncated = start.Cut || (start.CommandLine is null && start.Pid != SystemPid),
            Lossy = start.Lossy,
            AlreadyRunning = start.AlreadyRunning,
        };
    }
}
