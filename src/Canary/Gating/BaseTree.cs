using Canary.Config;
using Canary.Inspection;
using Canary.Packages;
using Canary.Registries;
using Canary.Surface;
using Canary.Yaml;
using Microsoft.Win32.SafeHandles;

namespace Canary.Gating;

/// <summary>The files of a commit that a scan would read, in a directory that is private and gone afterwards. Nothing is checked out.</summary>
internal sealed class BaseTree : IDisposable
{
    private const long MostBytes = 1L << 30;

    private readonly GitRepository _repository;
    private readonly DirectoryInfo _directory;

    private BaseTree(GitRepository repository, DirectoryInfo directory, string name)
    {
        _repository = repository;
        _directory = directory;
        Name = name;
    }

    /// <summary>As the user named it.</summary>
    public string Name { get; }

    /// <summary>Files that a scan would read and that are not here: too large, too many, or of a name that no file can have.</summary>
    public int Missing { get; private set; }

    private string Files => Path.Combine(_directory.FullName, "files");

    /// <summary>Throws <see cref="GateException"/> where the reference, the repository or git is not to be had.</summary>
    /// <param name="everything">Every file may be read, whatever its name.</param>
    public static BaseTree Open(string path, string reference, bool everything, CancellationToken cancel)
    {
        var directory = Directory.CreateTempSubdirectory("canary-base-");
        try
        {
            string empty = directory.CreateSubdirectory("empty").FullName;
            var repository = GitRepository.Of(path, empty, cancel);
            var tree = new BaseTree(repository, directory, reference);
            tree.Write(repository.Commit(reference), everything);
            return tree;
        }
        catch
        {
            directory.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Where a path of the working tree is here; it need not exist. Null for one outside of the repository.</summary>
    public string? At(string path)
    {
        string relative = Path.GetRelativePath(_repository.Top, Path.GetFullPath(path));
        return relative == "." ? Files : relative == ".." || relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) || Path.IsPathRooted(relative) ? null : Path.Combine(Files, relative);
    }

    /// <summary>The configuration as the base has it: what lies in the repository is taken from there, other files as they are.</summary>
    public CanaryConfig Load(ConfigLocation location, Diagnostics diagnostics)
    {
        string trusted = Path.Combine(_repository.Top, ".git", "HEAD");
        var found = new Diagnostics();
        var config = CanaryConfig.Load(
            location with
            {
                Named = location.Named is { } named ? At(named) ?? named : null,
                Candidates = [.. location.Candidates.Select(c => At(c) ?? c)],
                // The file here is our own; whose word it is, the repository tells.
                Distrust = handle => location.Distrust(handle) ?? Distrust(location, trusted),
            }, found);
        foreach (var fault in found.All)
            diagnostics.Add(Named(fault.File), fault.Line, fault.Column, fault.Message, fault.Unsupported);
        return config;
    }

    /// <summary>A path of here as people know it.</summary>
    public string Named(string path) => path.StartsWith(Files + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? $"{Name}:{path[(Files.Length + 1)..]}" : path;

    public void Dispose()
    {
        try
        {
            _directory.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The system's temporary directory is swept by others.
        }
    }

    private static string? Distrust(ConfigLocation location, string file)
    {
        if (!File.Exists(file))
            return null;
        using SafeFileHandle handle = File.OpenHandle(file);
        return location.Distrust(handle);
    }

    private void Write(string commit, bool everything)
    {
        long total = 0;
        var wanted = new List<GitFile>();
        var folders = new PackageFolders(_repository.Top);
        foreach (var file in _repository.Files(commit))
        {
            if (!everything && !MayBeRead(file.Path, folders))
                continue;
            if (file.Size is not { } size || size > SourceFile.MostBytes || (total += size) > MostBytes || !IsSafe(file.Path))
                Missing++;
            else
                wanted.Add(file);
        }

        Directory.CreateDirectory(Files);
        foreach (var (file, bytes) in _repository.Contents(wanted))
        {
            if (bytes is null || !TryWrite(Path.Combine(Files, file.Path), bytes))
                Missing++;
        }
    }

    private static bool TryWrite(string path, byte[] bytes)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // New: a tree may name a file twice, or two that a file system takes for one.
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            file.Write(bytes);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static bool MayBeRead(string path, PackageFolders folders)
    {
        int slash = path.LastIndexOf('/');
        string name = path[(slash + 1)..], directory = path[..Math.Max(0, slash)];
        return PackageScan.Reads(name, directory) || CooldownSettings.Reads(name) || ProjectFiles.Takes(name) || folders.Of(directory, name).IsPackage || SurfaceReaders.Reads(name, directory)
            || name.EndsWith(".yml", StringComparison.Ordinal) || name.EndsWith(".yaml", StringComparison.Ordinal) || path[0] == '.' || path.Contains("/.", StringComparison.Ordinal);
    }

    /// <summary>Fit to be written: git takes a tree with any bytes between slashes.</summary>
    private static bool IsSafe(string path) =>
        path.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && !part.Equals(".git", StringComparison.OrdinalIgnoreCase)
            && !part.Contains('\uFFFD') && (!OperatingSystem.IsWindows() || (part.IndexOfAny(Path.GetInvalidFileNameChars()) < 0 && part[^1] is not ('.' or ' '))));
}
