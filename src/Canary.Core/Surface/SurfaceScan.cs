using Canary.Packages;

namespace Canary.Surface;

/// <summary>
/// Reads what a tree tells agents, editors and CI to do. It is told of files by the walk that serves the whole scan, and looks into
/// <c>.git</c> by name. It runs nothing, starts no MCP server, and follows no link.
/// </summary>
public sealed class SurfaceScan(string root, Func<string, string> redact, TimeProvider time, IReadOnlyList<ISurfaceReader>? readers = null)
{
    private const int MostHooks = 1000;

    private readonly IReadOnlyList<ISurfaceReader> _readers = readers ?? SurfaceReaders.All;
    private readonly string _root = Path.GetFullPath(root);
    private readonly List<string> _files = [];
    private readonly List<string> _repositories = [];

    /// <summary>Called for every file of the walk. True for one that will be read.</summary>
    public bool Meet(string name, string directory)
    {
        foreach (var reader in _readers)
        {
            if (!reader.Reads(name, directory))
                continue;
            _files.Add(Joined(directory, name));
            return true;
        }

        return false;
    }

    /// <summary>Called for every directory that the walk does not enter.</summary>
    public void Pass(string name, string directory)
    {
        if (name == ".git")
            _repositories.Add(directory);
    }

    /// <summary>Reads what was met.</summary>
    /// <param name="inventory">Takes the packages that are launched, and what could not be read.</param>
    public SurfaceEntries Run(Inventory inventory, CancellationToken cancel = default)
    {
        var entries = new SurfaceEntries(inventory, redact, time);
        foreach (string directory in _repositories)
            Repository(directory, inventory);
        foreach (string path in _files)
        {
            cancel.ThrowIfCancellationRequested();
            if (Open(path, inventory) is not { } file)
                continue;
            inventory.Files++;
            foreach (var reader in _readers)
            {
                if (reader.Reads(file.Name, file.Directory))
                    Read(reader, file, path, entries, inventory);
            }
        }

        return entries;
    }

    // A reader throws nothing, and tests hold it to that; but one file must not be able to end the scan of all the others.
    private static void Read(ISurfaceReader reader, SurfaceFile file, string path, SurfaceEntries entries, Inventory inventory)
    {
        try
        {
            reader.Read(file, entries);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            inventory.Unread(path, 0, $"{reader.Subject}: {PackageScan.Defect} ({e.GetType().Name})");
        }
    }

    // The walk never enters .git; of what lies in it, these are what git runs and obeys.
    private void Repository(string directory, Inventory inventory)
    {
        string git = Path.Combine(_root, directory, ".git");
        try
        {
            foreach (string name in (string[])["config", "config.worktree"])
            {
                if (File.Exists(Path.Combine(git, name)))
                    _files.Add(Joined(directory, ".git/" + name));
            }

            string hooks = Path.Combine(git, "hooks");
            if (!Directory.Exists(hooks) || IsLink(hooks))
                return;
            int seen = 0;
            foreach (string hook in Directory.EnumerateFiles(hooks).Order(StringComparer.Ordinal))
            {
                if (++seen > MostHooks)
                {
                    inventory.Unread(Joined(directory, ".git/hooks"), 0, $"more than {MostHooks:N0} files; the rest was not looked at");
                    return;
                }

                if (!hook.EndsWith(".sample", StringComparison.Ordinal))
                    _files.Add(Joined(directory, ".git/hooks/" + Path.GetFileName(hook)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            inventory.Unread(Joined(directory, ".git"), 0, "cannot be read: " + e.Message);
        }
    }

    private SurfaceFile? Open(string path, Inventory inventory)
    {
        string full = Path.Combine(_root, path);
        try
        {
            var facts = new FileInfo(full);
            if (facts.LinkTarget is not null)
            {
                inventory.Unread(path, 0, "a link, which is not followed");
                return null;
            }

            // A pipe has no length, and opening it would wait for its writer for ever.
            if (facts.Length == 0)
                return null;
            using var handle = File.OpenHandle(full);
            long length = RandomAccess.GetLength(handle);
            if (length > SurfaceFile.MostBytes)
            {
                inventory.Unread(path, 0, $"larger than {SurfaceFile.MostBytes / 1024 / 1024} MiB");
                return null;
            }

            byte[] bytes = new byte[length];
            int read = SourceFile.Fill(bytes, handle, 0);
            return new SurfaceFile(new SourceFile(path, bytes.AsMemory(0, read)), inventory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            inventory.Unread(path, 0, "cannot be read: " + e.Message);
            return null;
        }
    }

    private static bool IsLink(string path) => (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;

    private static string Joined(string directory, string name) => directory.Length == 0 ? name : directory + "/" + name;
}
