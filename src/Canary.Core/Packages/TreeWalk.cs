using System.IO.Enumeration;

namespace Canary.Packages;

/// <summary>One walk over a tree: every file that someone wants, no link followed, numbers bounded. What it cannot look at it reports.</summary>
public sealed class TreeWalk
{
    private const int MostDepth = 256;
    private const int MostFiles = 20_000_000;

    // What git keeps is no working tree; its hooks and configuration are looked at by name.
    private static readonly string[] NeverEntered = [".git", ".hg", ".svn"];

    private readonly string _root;
    private readonly Inventory _faults;

    /// <summary>What is not to be looked at. It is walked all the same, so that it can be said how much that was.</summary>
    public Exclusions Exclude { get; init; } = new([]);

    public TreeWalk(string root, Inventory faults)
    {
        _root = Path.GetFullPath(root);
        _faults = faults;
    }

    /// <summary>The files that someone takes, each with who does: their paths are relative to the root, with <c>/</c>.</summary>
    /// <param name="taker">Who takes a file, by its name and its directory; null for nobody.</param>
    /// <param name="passed">Told of each directory that is not entered, by its name and the directory above it.</param>
    public IEnumerable<(string Path, T Taker)> Files<T>(Func<string, string, T?> taker, Action<string, string>? passed = null)
        where T : class
    {
        long seen = 0;
        var pending = new Stack<(string Directory, int Depth)>([("", 0)]);
        while (pending.TryPop(out var next))
        {
            var entries = new List<(string Name, bool IsDirectory, bool IsLink)>();
            try
            {
                var listed = new FileSystemEnumerable<(string, bool, bool)>(
                    next.Directory.Length == 0 ? _root : Path.Combine(_root, next.Directory),
                    static (ref FileSystemEntry e) => (e.FileName.ToString(), e.IsDirectory, (e.Attributes & FileAttributes.ReparsePoint) != 0),
                    new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false });
                entries.AddRange(listed);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!Exclude.Covers(next.Directory))
                    _faults.Unread(next.Directory, 0, "the directory cannot be read: " + e.Message);
            }

            // The file system's order is no order: the same tree gives the same report.
            entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            for (int i = entries.Count - 1; i >= 0; i--)
            {
                var (name, isDirectory, isLink) = entries[i];
                if (!isDirectory || isLink)
                    continue;
                string path = PathOf(next.Directory, name);
                if (NeverEntered.Contains(name))
                {
                    if (!Exclude.Covers(path))
                        passed?.Invoke(name, next.Directory);
                    continue;
                }

                if (next.Depth >= MostDepth && Exclude.Covers(path))
                    continue;
                if (next.Depth >= MostDepth)
                    _faults.Unread(path, 0, $"nested deeper than {MostDepth} directories");
                else
                    pending.Push((path, next.Depth + 1));
            }

            foreach (var (name, isDirectory, isLink) in entries)
            {
                if (isDirectory || isLink)
                    continue;
                if (++seen > MostFiles)
                {
                    _faults.Unread(next.Directory, 0, $"more than {MostFiles:N0} files; the rest was not looked at");
                    yield break;
                }

                string? file = Exclude.IsEmpty ? null : PathOf(next.Directory, name);
                if (file is not null && Exclude.LeavesOut(file))
                    continue;
                if (taker(name, next.Directory) is { } found)
                    yield return (file ?? PathOf(next.Directory, name), found);
            }
        }
    }

    private static string PathOf(string directory, string name) => directory.Length == 0 ? name : directory + "/" + name;
}
