namespace Canary.Models.Locking;

/// <summary>Small files of the state directory, each put in its place in one step and readable by its owner alone.</summary>
internal static class StateFile
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Null where there is none that can be used: what is lost is only time.</summary>
    public static string? Read(string path, int most)
    {
        try
        {
            // A pipe or a link in its place is none of ours.
            return new FileInfo(path) is { Exists: true, LinkTarget: null, Length: > 0 } file && file.Length <= most ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static void Write(string path, string text)
    {
        string directory = Path.GetDirectoryName(path)!, staged = $"{path}.{Guid.NewGuid():N}";
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, Mine | UnixFileMode.UserExecute);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Mine;
        try
        {
            using (var writer = new StreamWriter(staged, options))
                writer.Write(text);
            File.Move(staged, path, overwrite: true);
        }
        catch
        {
            File.Delete(staged);
            throw;
        }
    }
}
