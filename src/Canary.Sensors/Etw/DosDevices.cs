using System.Runtime.Versioning;

namespace Canary.Sensors.Etw;

/// <summary>Which device each drive letter stands for now: events name files by devices.</summary>
[SupportedOSPlatform("windows")]
internal static class DosDevices
{
    /// <summary>Pairs such as <c>\Device\HarddiskVolume3</c> and <c>C:</c>; a drive that is mapped to a folder (subst) is left out.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Now()
    {
        var found = new List<KeyValuePair<string, string>>();
        char[] device = new char[1024];
        for (char letter = 'A'; letter <= 'Z'; letter++)
        {
            string drive = $"{letter}:";
            if (Kernel32.QueryDosDevice(drive, device, (uint)device.Length) == 0)
                continue;
            // Of several, the first is the one in force.
            string target = new string(device).Split('\0', 2)[0];
            if (target.StartsWith(@"\Device\", StringComparison.OrdinalIgnoreCase))
                found.Add(new(target, drive));
        }

        return found;
    }
}
