namespace Canary.Models.Locking;

/// <summary>The directory that the paths of a lock start from.</summary>
public static class LockBase
{
    /// <summary>For a new lock: the one directory, or the nearest one above all that is to be locked.</summary>
    public static string Of(IReadOnlyList<string> paths)
    {
        string? common = null;
        foreach (string path in paths.Select(Path.GetFullPath))
        {
            string directory = Path.TrimEndingDirectorySeparator(Directory.Exists(path) ? path : Path.GetDirectoryName(path)!);
            common ??= directory;
            while (!Covers(common, directory))
                common = Path.GetDirectoryName(common)!;
        }

        return common!;
    }

    /// <summary>As the lock writes it: from its own directory.</summary>
    public static string Word(string directory, string lockFile) => Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(lockFile))!, directory).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>
    /// Where to look for the files of a lock. The lock's own word holds, unless one directory is named that does not lie in it: then that is
    /// another copy of the same models.
    /// </summary>
    /// <param name="paths">What the user named: nothing, parts of the base, or another directory in its place.</param>
    public static string Find(ModelLock held, string lockFile, IReadOnlyList<string> paths)
    {
        string own = Path.GetFullPath(held.Base.Replace('/', Path.DirectorySeparatorChar), Path.GetDirectoryName(Path.GetFullPath(lockFile))!);
        return paths is [var only] && Directory.Exists(only) && !Covers(own, Path.GetFullPath(only)) ? Path.GetFullPath(only) : own;
    }

    /// <summary>Whether a path is the directory or lies below it.</summary>
    public static bool Covers(string directory, string path) => Below(path).StartsWith(Below(directory), StringComparison.Ordinal);

    /// <summary>What all paths below a directory begin with.</summary>
    internal static string Below(string directory) => Path.EndsInDirectorySeparator(directory) ? directory : directory + Path.DirectorySeparatorChar;
}
