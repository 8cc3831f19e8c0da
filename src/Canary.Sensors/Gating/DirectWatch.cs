using System.Globalization;
using System.Runtime.Versioning;
using Canary.Models.Gating;

namespace Canary.Sensors.Gating;

/// <summary>Looks every half minute whether weights may take a way on which nothing is read from a file, and tells each once.</summary>
[SupportedOSPlatform("linux")]
internal sealed class DirectWatch(LoaderProbe probe, GateReports reports)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private const int MostTold = 4096;

    private readonly HashSet<DirectAccess> _told = [];

    public void Run(ManualResetEventSlim ended)
    {
        do
            Look("/proc", "/sys");
        while (!ended.Wait(Every));
    }

    public void Look(string proc, string sys)
    {
        foreach (var access in NvmeDirect.OfMachine(sys))
            Tell(access);
        foreach (string folder in Directory.EnumerateDirectories(proc))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                continue;
            foreach (var access in NvmeDirect.OfProcess(proc, sys, pid))
                Tell(access);
        }
    }

    private void Tell(DirectAccess access)
    {
        if (_told.Count < MostTold && _told.Add(access))
            reports.Unverifiable(access.Path, access.What, access.Pid == 0 ? new Loader(0, 0, [], []) : probe.Describe(access.Pid));
    }
}
