using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Events;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>
/// The directories and files that are marked: those that were named, never a mount or a filesystem, so that no mistake can hold up the machine.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class GatePlaces(GateGroup group, WatchedFiles files, GateReports reports)
{
    private const int MostDirectories = 16_384;
    private const int MostFiles = 262_144;
    private const int MostLinksTold = 256;

    private readonly List<string> _guarded = [];
    private readonly HashSet<string> _beside = new(StringComparer.Ordinal);
    private readonly List<(string Path, FileId Id)> _named = [];
    private readonly List<string> _links = [];
    private readonly HashSet<string> _toldLinks = new(StringComparer.Ordinal);
    private readonly object _lock = new();
    private int _directories;

    /// <summary>Told of every directory that is marked.</summary>
    public Action<string>? Entered { get; set; }

    /// <summary>A file in the directory of one that was named, where only files of the book are guarded.</summary>
    public bool IsBeside(string path, OpenFile facts)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";
        lock (_lock)
        {
            if (!_beside.Contains(folder) || IsGuarded(path))
                return false;
        }

        return Lies(path, facts);
    }

    /// <summary>
    /// The path that a descriptor was opened by, if it leads here to the same file; else null. Who has a mount namespace of its own can
    /// have the file at any path. Only paths within what is guarded are looked up: another could lead to a filesystem that never answers.
    /// </summary>
    public string? NameHere(string path, OpenFile facts)
    {
        lock (_lock)
        {
            if (!IsGuarded(path) && !_beside.Contains(Path.GetDirectoryName(path) ?? "/"))
                return null;
        }

        return Lies(path, facts) ? path : null;
    }

    public static bool Lies(string path, OpenFile facts) => PathFacts.Of(path) is { } here && WatchedFiles.IdOf(here) == WatchedFiles.IdOf(facts);

    private bool IsGuarded(string path) => _guarded.Exists(g => Bytes.IsUnder(Bytes.Of(path), Bytes.Of(g)));

    /// <summary>Marks what was named. Null, or why it cannot be guarded.</summary>
    public string? Add(string path, Action<string> file)
    {
        if (PathFacts.Of(path, follow: true) is not { } facts)
            return $"{path} is not there";
        string real = RealPath(path);
        if (facts.IsDirectory)
        {
            lock (_lock)
            {
                _guarded.Add(real);
                _named.Add((path, WatchedFiles.IdOf(facts)));
            }

            return Tree(real, file);
        }

        if (!facts.IsRegular)
            return $"{path} is neither a file nor a directory";
        string folder = Path.GetDirectoryName(real) ?? "/";
        lock (_lock)
        {
            _beside.Add(folder);
            if (PathFacts.Of(folder) is { } about)
                _named.Add((folder, WatchedFiles.IdOf(about)));
        }

        if (MarkBeside(folder) is { } fault)
            return fault;
        file(real);
        return null;
    }

    /// <summary>
    /// Whether what was named is still what lies there. A directory is known by its inode, and who may rename one above it can put another in
    /// its place, which no mark is on: it is guarded then, too.
    /// </summary>
    public void Look(Action<string> file)
    {
        for (int i = 0; i < _named.Count; i++)
        {
            var (path, id) = _named[i];
            if (PathFacts.Of(path, follow: true) is not { IsDirectory: true } facts)
            {
                if (id == default)
                    continue;
                _named[i] = (path, default);
                reports.Health("place", 1, $"{path} is no directory any more. "
                    + "What comes in its place is guarded within a second of that; what is opened in it before is not asked about");
            }
            else if (WatchedFiles.IdOf(facts) is var now && now != id)
            {
                _named[i] = (path, now);
                string real = RealPath(path);
                string? fault;
                if (_beside.Contains(path))
                {
                    fault = MarkBeside(path);
                }
                else
                {
                    lock (_lock)
                        _guarded.Add(real);
                    fault = Tree(real, file);
                    TellLinks();
                }

                foreach (var each in files.Book.Files.Where(f => Bytes.IsUnder(Bytes.Of(f.Path), Bytes.Of(real))))
                    file(each.Path);
                reports.Health("place", 1, fault is null
                    ? $"{path} is another directory than it was. It is guarded from now on; what was opened in it before that was not asked about"
                    : $"{path} is another directory than it was, and is not guarded: {fault}");
            }
        }
    }

    /// <summary>Marks a directory and all below it, without following links.</summary>
    public string? Tree(string root, Action<string> file)
    {
        var waiting = new Stack<string>([root]);
        int found = 0;
        while (waiting.TryPop(out string? folder))
        {
            if (Interlocked.Increment(ref _directories) > MostDirectories)
                return $"more than {MostDirectories} directories lie below what was named";
            // Before it is listed: what comes in between is seen by one or the other.
            int failed = group.Mark(folder, GateFan.Permissions | Fan.OnChild);
            if (failed is not 0 and not GateLayers.Mixed)
                failed = group.Mark(folder, GateFan.OpenPermission | Fan.OnChild);
            if (failed != 0)
                return Unmarked(folder, failed);
            Entered?.Invoke(folder);
            try
            {
                foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
                {
                    if (PathFacts.Of(entry) is not { } facts)
                        continue;
                    if (facts.IsDirectory)
                        waiting.Push(entry);
                    else if (facts.IsLink)
                        Later(entry);
                    else if (facts.IsRegular && ++found <= MostFiles)
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

        return found > MostFiles ? $"more than {MostFiles} files lie below {root}" : null;
    }

    /// <summary>Links that were met while directories were marked: whether they lead out is known when all are.</summary>
    public void TellLinks()
    {
        string[] links;
        lock (_lock)
        {
            links = [.. _links];
            _links.Clear();
        }

        foreach (string link in links)
            LookAtLink(link);
    }

    /// <summary>
    /// Tells of a link that leads out of what is guarded: no mark is on what lies there, and none is put on it, since it may be any file of
    /// the machine.
    /// </summary>
    public void LookAtLink(string path)
    {
        if (PathFacts.Of(path) is not { IsLink: true } || PathFacts.Of(path, follow: true) is not { } facts)
            return;
        string real = RealPath(path);
        bool isFile = facts.IsRegular;
        lock (_lock)
        {
            if ((!isFile && !facts.IsDirectory) || IsGuarded(real) || (isFile && files.Find(WatchedFiles.IdOf(facts)) is not null))
                return;
            if (_toldLinks.Count >= MostLinksTold || !_toldLinks.Add(path))
                return;
        }

        reports.Health("link", 1, files.Book.At(path) is not null
            ? $"in the place of {path}, which the lock names, is a link to {real}, outside of what is guarded: what is loaded by this name is not compared"
            : $"{path} is a link to {real}, outside of what is guarded: what is loaded by this name is not compared, unless that is guarded, too");
    }

    private void Later(string link)
    {
        lock (_lock)
        {
            if (_links.Count < MostFiles)
                _links.Add(link);
        }
    }

    private string? MarkBeside(string folder) => group.Mark(folder, GateFan.OpenPermission | Fan.OnChild) is not 0 and var failed
        ? Unmarked(folder, failed) : null;

    private static string Unmarked(string folder, int failed) =>
        $"{folder} cannot be marked: {(failed == GateLayers.Mixed ? GateLayers.Why : Marshal.GetPInvokeErrorMessage(failed))}";

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
