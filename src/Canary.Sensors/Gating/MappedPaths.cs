using System.Globalization;

namespace Canary.Sensors.Gating;

/// <summary>The files that a process has mapped, by <c>/proc/PID/maps</c>.</summary>
internal static class MappedPaths
{
    private const int MostLines = 200_000;

    public static IReadOnlyCollection<string> Of(string proc, int pid)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (string line in File.ReadLines(Path.Combine(proc, pid.ToString(CultureInfo.InvariantCulture), "maps")).Take(MostLines))
            {
                int slash = line.IndexOf('/');
                if (slash > 0)
                    paths.Add(line[slash..]);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile.
        }

        return paths;
    }
}
