using System.Text;

namespace Canary.Sensors.Fanotify;

/// <summary>The home directories of this machine: those of /etc/passwd, root's, and whatever is or comes under /home.</summary>
internal static class Homes
{
    private const int LongestPasswd = 1 << 20;
    private const int Most = 256;
    private static readonly string[] NotHomes =
        ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/dev", "/proc", "/sys", "/run", "/var/run", "/etc", "/boot", "/nonexistent", "/tmp"];

    internal static IReadOnlyList<string> Of(string passwd)
    {
        List<string> homes = ["/root", "/home/*"];
        foreach (string line in Lines(passwd))
        {
            var fields = line.Split(':');
            if (fields.Length < 7 || homes.Count >= Most)
                continue;
            string home = fields[5].TrimEnd('/');
            if (IsPlausible(home) && !homes.Contains(home))
                homes.Add(home);
        }

        return homes;
    }

    internal static bool IsHome(string directory, IReadOnlyList<string> homes) =>
        homes.Contains(directory) || (directory.StartsWith("/home/", StringComparison.Ordinal) && directory.LastIndexOf('/') == 5);

    private static bool IsPlausible(string home)
    {
        // /home/* has those already; a `*` in a name would be read as a pattern
        if (home.Length < 2 || home[0] != '/' || home.Contains('*') || (home.StartsWith("/home/", StringComparison.Ordinal) && home.LastIndexOf('/') == 5))
            return false;
        foreach (string no in NotHomes)
        {
            if (home == no || home.StartsWith(no + "/", StringComparison.Ordinal))
                return false;
        }

        return Directory.Exists(home);
    }

    private static string[] Lines(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[(int)Math.Min(file.Length, LongestPasswd)];
            file.ReadExactly(bytes);
            return Encoding.UTF8.GetString(bytes).Split('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
