using System.Collections.Concurrent;
using Canary.Packages;

namespace Canary.Registries;

/// <summary>
/// The files by which package managers are set, beside what names packages and in the directories above it: where to look, each read
/// once, of bounded size. For several threads.
/// </summary>
internal sealed class SettingsFiles
{
    private const int MostBytes = 1024 * 1024;

    private readonly ConcurrentDictionary<string, SourceFile?> _read = new(StringComparer.Ordinal);
    private readonly string _root;

    /// <param name="root">Of the scan: a directory, or one file.</param>
    public SettingsFiles(string root)
    {
        string full = Path.GetFullPath(root);
        _root = Directory.Exists(full) ? Path.TrimEndingDirectorySeparator(full) : Path.GetDirectoryName(full)!;
    }

    public string Root => _root;

    /// <summary>From the directory of a file of the tree up to the root of the scan, as full paths.</summary>
    public IEnumerable<string> Within(string file)
    {
        for (string? at = Path.GetDirectoryName(Path.GetFullPath(Path.Combine(_root, file))); at is not null && at.Length >= _root.Length; at = Path.GetDirectoryName(at))
            yield return at;
    }

    /// <summary>And on to the root of the file system, as npm and NuGet look when they run there.</summary>
    public IEnumerable<string> Upwards(string file)
    {
        for (string? at = Path.GetDirectoryName(Path.GetFullPath(Path.Combine(_root, file))); at is not null; at = Path.GetDirectoryName(at))
            yield return at;
    }

    /// <summary>Null where there is none. Throws <see cref="UnreadableFileException"/> where there is one that cannot be read.</summary>
    public SourceFile? Open(string directory, string name)
    {
        string path = Path.Combine(directory, name);
        return _read.GetOrAdd(path, Read) is not { } file ? null
            : file.Bytes.Length <= MostBytes ? file : throw new UnreadableFileException(0, "cannot be read");
    }

    private SourceFile? Read(string path)
    {
        string shown = path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? Path.GetRelativePath(_root, path).Replace('\\', '/') : path;
        try
        {
            // A pipe has no length either, and opening it would wait for its writer for ever.
            if (new FileInfo(path) is not { Exists: true, Length: > 0 })
                return null;
            using var handle = File.OpenHandle(path);
            byte[] bytes = new byte[MostBytes + 1];
            int read = SourceFile.Fill(bytes, handle, 0);
            return new SourceFile(shown, bytes.AsMemory(0, read));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new SourceFile(shown, new byte[MostBytes + 1]);
        }
    }
}
