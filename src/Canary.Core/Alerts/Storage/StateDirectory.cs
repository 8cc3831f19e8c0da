using System.Runtime.Versioning;

namespace Canary.Alerts.Storage;

/// <summary>The directory of alerts and other state: mode 0700, files in it 0600.</summary>
public static class StateDirectory
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>What --state says, else the system's place for root and the user's own for others.</summary>
    public static string Resolve(string? named)
    {
        if (named is not null)
            return Path.GetFullPath(named);
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "canary");
        if (Environment.IsPrivilegedProcess)
            return "/var/lib/canary";
        return Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg)
            ? Path.Combine(xdg, "canary")
            : Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/", ".local", "state", "canary");
    }

    /// <summary>Makes sure that the directory is there and nobody else's to write.</summary>
    public static void Prepare(string directory)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(directory);
            else if (!Directory.Exists(directory))
                Directory.CreateDirectory(directory, Mine);
            else
                Tighten(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"state directory {directory} cannot be used: {e.Message}; choose another with --state", inner: e);
        }
    }

    /// <summary>Creates the file empty and readable by its owner alone, before anything that would create it more openly.</summary>
    public static void CreatePrivate(string file)
    {
        if (File.Exists(file))
            return;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (new FileStream(file, options))
        {
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void Tighten(string directory)
    {
        var mode = File.GetUnixFileMode(directory);
        if ((mode & ~Mine) == 0)
            return;
        // A directory of ours is closed; a shared one such as /tmp named by mistake must not be.
        bool ours = File.Exists(Path.Combine(directory, AlertStore.FileName)) || !Directory.EnumerateFileSystemEntries(directory).Any();
        if (ours && (mode & UnixFileMode.StickyBit) == 0)
            File.SetUnixFileMode(directory, Mine);
        else if ((mode & OthersWrite) != 0)
            throw new StateException($"state directory {directory} can be written by others; name a directory of its own with --state");
    }
}
