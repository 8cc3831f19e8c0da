using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>The directories and files that are marked: those that were named, never a mount or a filesystem, so that no mistake can hold up the machine.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GatePlaces(GateGroup group, GateReports reports)
{
    private const int MostDirectories = 16_384;
    private const int MostFiles = 262_144;

    private readonly List<string> _guarded = [];
    private readonly HashSet<string> _beside = new(StringComparer.Ordinal);
    private readonly object _lock = new();
    private int _directories;

    /// <summary>Told of every directory that is marked.</summary>
    public Action<string>? Entered { get; set; }

    /// <summary>A file in the directory of one that was named, where only files of the book are guarded.</summary>
    public bool IsBeside(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";
        lock (_lock)
            return _beside.Contains(folder) && !_guarded.Exists(g => Bytes.IsUnder(Bytes.Of(path), Bytes.Of(g)));
    }

    /// <summary>Marks what was named. Null, or why it cannot be guarded.</summary>
    public string? Add(string path, Action<string> file)
    {
        if (PathFacts.Of(path, follow: true) is not { } facts)
            return $"{path} is not there";
        string real = RealPath(path);
        if (facts.IsDirectory)
        {
            lock (_lock)
                _guarded.Add(real);
            return Tree(real, file);
        }

        if (!facts.IsRegular)
            return $"{path} is neither a file nor a directory";
        string folder = Path.GetDirectoryName(real) ?? "/";
        lock (_lock)
            _beside.Add(folder);
        int failed = group.Mark(folder, GateFan.OpenPermission | Fan.OnChild);
        if (failed != 0)
            return $"{folder} cannot be marked: {Marshal.GetPInvokeErrorMessage(failed)}";
        file(real);
        return null;
    }

    /// <summary>Marks a directory and all below it, without following links.</summary>
    public string? Tree(string root, Action<string> file)
    {
        var waiting = new Stack<string>([root]);
        int files = 0;
        while (waiting.TryPop(out string? folder))
        {
            if (Interlocked.Increment(ref _directories) > MostDirectories)
                return $"more than {MostDirectories} directories lie below what was named";
            // Before it is listed: what comes in between is seen by one or the other.
            int failed = group.Mark(folder, GateFan.Permissions | Fan.OnChild);
            if (failed != 0)
                failed = group.Mark(folder, GateFan.OpenPermission | Fan.OnChild);
            if (failed != 0)
                return $"{folder} cannot be marked: {Marshal.GetPInvokeErrorMessage(failed)}";
            Entered?.Invoke(folder);
            try
            {
                foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
                {
                    if (PathFacts.Of(entry) is not { } facts)
                        continue;
                    if (facts.IsDirectory)
                        waiting.Push(entry);
                    else if (facts.IsRegular && ++files <= MostFiles)
                        file(entry);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (folder == root)
                    return $"{root}: {e.Message}";
                // It went while it was listed; one that is there and cannot be listed is marked all the same.
                reports.Health("place", 1, $"{folder} cannot be listed: {e.Message}");
            }
        }

        return files > MostFiles ? $"more than {MostFiles} files lie below {root}" : null;
    }

    /// <summary>Without links, as the kernel names what it opens.</summary>
    public static string RealPath(string path)
    {
        int descriptor = PathFacts.Open(path, follow: true);
        if (descriptor < 0)
            return Path.GetFullPath(path);
        string real = OpenFile.PathOf(descriptor);
        _ = LibC.Close(descriptor);
        return real;
    }
}
