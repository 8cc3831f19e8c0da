using Microsoft.Win32.SafeHandles;

namespace Canary.Config;

/// <summary>Where canary.yml is looked for: the named file, else that of the directory, of the user, of the system.</summary>
/// <param name="Named">What --config says: read whoever owns it, and nothing else is looked at.</param>
/// <param name="Candidates">The other places, first to last.</param>
/// <param name="Distrust">Why an open file is not to be followed, or null. As root, a file that another may write would hand that one root's doings.</param>
public sealed record ConfigLocation(string? Named, IReadOnlyList<string> Candidates, Func<SafeFileHandle, string?> Distrust)
{
    private const string FileName = "canary.yml";

    /// <summary>The places of this process.</summary>
    public static ConfigLocation Default(string? named, Func<SafeFileHandle, string?> distrust)
    {
        var places = new List<string> { Path.GetFullPath(FileName) };
        string user = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg) ? xdg
            : Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config") : "";
        if (user.Length > 0)
            places.Add(Path.Combine(user, "canary", FileName));
        string system = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData) : "/etc";
        if (system.Length > 0)
            places.Add(Path.Combine(system, "canary", FileName));
        return new ConfigLocation(named, places, distrust);
    }
}
