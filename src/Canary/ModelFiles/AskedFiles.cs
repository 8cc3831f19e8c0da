using Canary.Models.Locking;

namespace Canary.ModelFiles;

/// <summary>The part of a lock that a command is about.</summary>
/// <param name="paths">What the user named; nothing for all.</param>
internal sealed class AskedFiles(ModelLock held, string lockFile, IReadOnlyList<string> paths)
{
    private readonly HashSet<string> _names = held.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);

    /// <summary>The directory that the lock's paths start from, here.</summary>
    public string Base { get; } = LockBase.Find(held, lockFile, paths);

    /// <summary>Where to look for files that the lock does not name.</summary>
    public IReadOnlyList<string> Places => IsWhole ? [Base] : paths;

    /// <summary>The locked files among those asked for, each with where it is to be.</summary>
    public IReadOnlyList<(LockedFile File, string Path)> Files =>
        [.. held.Files.Select(f => (File: f, Path: Path.Combine(Base, f.Path))).Where(f => IsWhole || paths.Any(p => LockBase.Covers(Path.GetFullPath(p), f.Path)))];

    private bool IsWhole => paths.Count == 0 || paths.Any(p => LockBase.Covers(Path.GetFullPath(p), Base));

    public bool Names(string path) => _names.Contains(path);
}
