namespace Canary.Packages;

/// <summary>Reads every file of a tree that names packages.</summary>
/// <param name="meet">Told of every file that the walk meets, by its name and its directory: one walk serves all who look at files. True when it reads it.</param>
/// <param name="passed">Told of every directory that the walk does not enter, such as <c>.git</c>, by its name and the directory above it.</param>
public sealed class PackageScan(string root, IReadOnlyList<IPackageFileReader>? readers = null, Func<string, string, bool>? meet = null, Action<string, string>? passed = null)
{
    private const int MostPath = 4096;

    private const string PolicyFile = "canary.yml";

    /// <summary>What is said of a file on which a reader failed as no reader should.</summary>
    public const string Defect = "canary failed on this file, which is a defect of canary: please report it";

    private readonly IReadOnlyList<IPackageFileReader> _readers = readers ?? PackageFileReaders.All;
    private readonly string _root = Path.GetFullPath(root);

    /// <inheritdoc cref="TreeWalk.Exclude"/>
    public Exclusions Exclude { get; init; } = new([]);

    public Inventory Run(CancellationToken cancel = default)
    {
        var inventory = new Inventory();
        if (File.Exists(_root))
        {
            string name = Path.GetFileName(_root);
            bool met = meet?.Invoke(name, "") == true;
            if (ReaderOf(name, "") is { } only)
                Read(only, Path.GetDirectoryName(_root)!, name, inventory);
            else if (!met)
                inventory.Unread(name, 0, "no reader for a file of this name");
            return inventory;
        }

        var walk = new TreeWalk(_root, inventory) { Exclude = Exclude };
        foreach (var (path, reader) in walk.Files((name, directory) => Taker(name, directory, inventory), passed))
        {
            cancel.ThrowIfCancellationRequested();
            Read(reader, _root, path, inventory);
        }

        return inventory;
    }

    /// <summary>Whether a scan would open a file of this name.</summary>
    public static bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory)
    {
        foreach (var reader in PackageFileReaders.All)
        {
            if (reader.Reads(name, directory))
                return true;
        }

        return name is PolicyFile;
    }

    private IPackageFileReader? Taker(string name, string directory, Inventory inventory)
    {
        meet?.Invoke(name, directory);
        if (name == PolicyFile)
            inventory.Policy(directory.Length == 0 ? name : directory + "/" + name);
        return ReaderOf(name, directory);
    }

    private IPackageFileReader? ReaderOf(ReadOnlySpan<char> name, ReadOnlySpan<char> directory)
    {
        foreach (var reader in _readers)
        {
            if (reader.Reads(name, directory))
                return reader;
        }

        return null;
    }

    private static void Read(IPackageFileReader reader, string root, string path, Inventory inventory)
    {
        try
        {
            if (Open(root, path, inventory, reader.MostBytes) is not { } file)
                return;
            int before = inventory.Packages.Count + inventory.UnreadParts.Count;
            reader.Read(file, inventory);
            // Of what any file of a language may hold, only those count that do name packages: a tree of source code was not scanned.
            if (reader.NamesPackages && reader.MostBytes == SourceFile.MostBytes || inventory.Packages.Count + inventory.UnreadParts.Count > before)
                inventory.Files++;
        }
        catch (UnreadableFileException e)
        {
            inventory.Unread(path, e.Line, $"{reader.Format}: {e.Message}");
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // A reader throws nothing else, and tests hold it to that; but one file must not be able to end the scan of all the others.
            inventory.Unread(path, 0, $"{reader.Format}: {Defect} ({e.GetType().Name})");
        }
    }

    /// <param name="faults">Null where a file names another.</param>
    private static SourceFile? Open(string root, string path, Inventory? faults, int mostBytes)
    {
        // No system has such a path, and looking at each directory on its way would take time by the square of its length.
        if (path.Length > MostPath)
        {
            faults?.Unread(path, 0, $"its path has more than {MostPath} characters");
            return null;
        }

        string full = Path.GetFullPath(Path.Combine(root, path));
        // A file may name others, and its author is not to be trusted: none outside the tree, none through a link, nothing but files.
        // The walk follows no link, and asking again for each directory above would cost more than reading.
        if (!full.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal) || (faults is null && HasLink(root, full)))
            return null;
        // Readers ask for files that may be there; an exception for each that is not would cost more than the rest of the scan.
        if (faults is null && !File.Exists(full))
            return null;
        try
        {
            string relative = Path.GetRelativePath(root, full).Replace('\\', '/');
            Func<string, SourceFile?> others = other => Open(root, other, null, SourceFile.MostBytes);
            // A pipe has no length either, and opening it would wait for its writer for ever.
            if (new FileInfo(full).Length == 0)
                return new SourceFile(relative, default) { Open = others };
            using var handle = File.OpenHandle(full);
            long length = RandomAccess.GetLength(handle);
            if (length > SourceFile.MostBytes && mostBytes == SourceFile.MostBytes)
            {
                faults?.Unread(path, 0, $"larger than {SourceFile.MostBytes / 1024 / 1024} MiB");
                return null;
            }

            byte[] bytes = new byte[Math.Min(length, mostBytes)];
            int read = SourceFile.Fill(bytes, handle, 0);
            return new SourceFile(relative, bytes.AsMemory(0, read)) { Open = others };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            faults?.Unread(path, 0, "cannot be read: " + e.Message);
            return null;
        }
    }

    private static bool HasLink(string root, string full)
    {
        for (string? at = full; at is not null && at.Length > root.Length; at = Path.GetDirectoryName(at))
        {
            if (new FileInfo(at).LinkTarget is not null)
                return true;
        }

        return false;
    }
}
