using System.Globalization;
using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>Asks Windows about a process that no event told of: its image and its start; never its memory.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProcesses(IBootClock clock, TimeProvider time) : IProcessProbe
{
    private const int LongestPath = 32_768;

    private readonly char[] _path = new char[LongestPath];

    // The variables of another process stand in its memory, which a service that is trusted does not read.
    public string? Variable(int pid, string name) => null;

    // Windows' events bear names and SIDs.
    public string UserName(uint uid) => uid.ToString(CultureInfo.InvariantCulture);

    public ProcessExecuted? Describe(int pid)
    {
        using var process = Kernel32.OpenProcess(Kernel32.QueryLimited, false, (uint)pid);
        if (process.IsInvalid || !Kernel32.GetProcessTimes(process, out long created, out _, out _, out _))
            return null;
        uint length = (uint)_path.Length;
        string image = Kernel32.QueryFullProcessImageName(process, 0, _path, ref length) ? new string(_path, 0, (int)Math.Min(length, LongestPath)) : "";
        long now = clock.NowNs();
        long ago = (time.GetUtcNow() - DateTimeOffset.FromFileTime(created)).Ticks * 100;
        return new ProcessExecuted(now, new ProcessKey(pid, Math.Max(1, now - ago)), ProcessKey.None)
        {
            Image = image,
            Requested = image,
            Arguments = [image],
            AlreadyRunning = true,
        };
    }
}
