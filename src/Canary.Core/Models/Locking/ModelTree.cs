using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace Canary.Models.Locking;

/// <summary>A file that a walk came to.</summary>
/// <param name="Path">From the base, with <c>/</c>.</param>
/// <param name="FullPath">As it is opened: a link where it is one.</param>
public sealed record TreeFile(string Path, string FullPath);

/// <summary>
/// The files below a directory, in one order. Links to files are followed only to where the files of the same tree are: below the directory
/// itself, or among the blobs of the Hugging Face cache that a snapshot belongs to. Links to directories are not followed.
/// </summary>
public sealed class ModelTree
{
    private const int MostDepth = 64;
    private const int MostFiles = 1_000_000;

    // What version control and downloads keep for themselves; no loader reads it.
    private static readonly string[] NeverEntered = [".git", ".hg", ".svn", ".locks", ".no_exist"];

    private readonly List<(string Path, string Reason)> _unread = [];
    private readonly IModelFiles _files;
    private readonly string _base;
    private readonly string[] _allowed;

    /// <param name="from">The directory that paths start from.</param>
    public ModelTree(string from, IModelFiles files)
    {
        _files = files;
        _base = System.IO.Path.GetFullPath(from);
        string real = files.RealPath(_base);
        _allowed = HubBlobs(real) is { } blobs ? [LockBase.Below(real), LockBase.Below(blobs)] : [LockBase.Below(real)];
    }

    /// <summary>Places that were not looked at, and why.</summary>
    public IReadOnlyList<(string Path, string Reason)> Unread => _unread;

    /// <summary>Every file below a directory of the base, or that one file.</summary>
    /// <param name="path">The base, or a file or directory below it.</param>
    public IEnumerable<TreeFile> Files(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(full))
        {
            yield return new TreeFile(NameOf(full), full);
            yield break;
        }

        int seen = 0;
        var pending = new Stack<(string Directory, int Depth)>([(full, 0)]);
        while (pending.TryPop(out var next))
        {
            var entries = List(next.Directory);
            bool isHub = entries.Exists(e => e is { IsDirectory: true, Name: "blobs" }) && entries.Exists(e => e is { IsDirectory: true, Name: "snapshots" });
            for (int i = entries.Count - 1; i >= 0; i--)
            {
                var (name, isDirectory, isLink) = entries[i];
                string entry = System.IO.Path.Combine(next.Directory, name);
                // The blobs of a cache are reached by their names, which are in its snapshots.
                if (!isDirectory || NeverEntered.Contains(name) || isHub && name is ("blobs" or "refs") || IsDownloadState(next.Directory, name))
                    continue;
                if (isLink)
                    Linked(entry);
                else if (next.Depth >= MostDepth)
                    _unread.Add((NameOf(entry), $"nested deeper than {MostDepth} directories"));
                else
                    pending.Push((entry, next.Depth + 1));
            }

            foreach (var (name, isDirectory, _) in entries)
            {
                if (isDirectory)
                    continue;
                if (++seen > MostFiles)
                {
                    _unread.Add((NameOf(next.Directory), $"more than {MostFiles:N0} files; the rest was not looked at"));
                    yield break;
                }

                string entry = System.IO.Path.Combine(next.Directory, name);
                yield return new TreeFile(NameOf(entry), entry);
            }
        }
    }

    /// <summary>Opens a file of the tree.</summary>
    /// <exception cref="IOException">It is no regular file, or a link out of the tree.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public SafeFileHandle Open(string fullPath)
    {
        var file = _files.Open(fullPath);
        try
        {
            // Of what was opened, not of the name, which may lead elsewhere a moment later.
            if (_files.PlaceOf(file) is { } place ? IsWithin(place) : new FileInfo(fullPath).LinkTarget is null)
                return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        throw new IOException("a link that leads out of the directory");
    }

    private bool IsWithin(string place) => _allowed.Any(a => place.StartsWith(a, StringComparison.Ordinal));

    private List<(string Name, bool IsDirectory, bool IsLink)> List(string directory)
    {
        var entries = new List<(string Name, bool IsDirectory, bool IsLink)>();
        try
        {
            entries.AddRange(new FileSystemEnumerable<(string, bool, bool)>(
                directory,
                static (ref FileSystemEntry e) => (e.FileName.ToString(), e.IsDirectory, (e.Attributes & FileAttributes.ReparsePoint) != 0),
                new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false }));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _unread.Add((NameOf(directory), "the directory cannot be read: " + e.Message));
        }

        // The file system's order is no order: the same tree gives the same report.
        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    // What lies in the tree is walked by its own name.
    private void Linked(string directory)
    {
        if (!IsWithin(LockBase.Below(_files.RealPath(directory))))
            _unread.Add((NameOf(directory), "a link to a directory outside, which is not followed"));
    }

    private string NameOf(string full) => System.IO.Path.GetRelativePath(_base, full).Replace(System.IO.Path.DirectorySeparatorChar, '/');

    private static bool IsDownloadState(string directory, string name) => name == "huggingface" && System.IO.Path.GetFileName(directory) == ".cache";

    // models--org--name/snapshots/<commit>/… has its files in models--org--name/blobs.
    private static string? HubBlobs(string real)
    {
        for (string? at = real; at is not null; at = System.IO.Path.GetDirectoryName(at))
        {
            if (System.IO.Path.GetFileName(at) == "snapshots" && System.IO.Path.GetDirectoryName(at) is { } repo && System.IO.Path.GetFileName(repo).Contains("--", StringComparison.Ordinal))
                return System.IO.Path.Combine(repo, "blobs");
        }

        return null;
    }
}
