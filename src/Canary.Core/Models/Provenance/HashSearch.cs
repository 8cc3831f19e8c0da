using System.Text;
using Canary.Models.Locking;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Models.Provenance;

/// <summary>A tree in which digests are looked for.</summary>
/// <param name="directory">The base that paths start from.</param>
/// <param name="files">All of its files.</param>
/// <param name="tree">Opens them.</param>
public sealed class HashSearch(string directory, IReadOnlyList<TreeFile> files, ModelTree tree)
{
    /// <summary>What a list of digests may have: a million lines.</summary>
    public const int MostBytes = 64 * 1024 * 1024;

    private readonly Dictionary<string, TreeFile> _byPath = files.ToDictionary(f => f.Path, StringComparer.Ordinal);

    private readonly Dictionary<string, bool> _directories = new(StringComparer.Ordinal);

    public string Base { get; } = Path.GetFullPath(directory);

    public IReadOnlyList<TreeFile> Files => files;

    /// <summary>What was found and not understood.</summary>
    public Diagnostics Faults { get; } = new();

    public bool Has(string path) => _byPath.ContainsKey(path);

    /// <summary>A path that a list names, seen from the list's own place; null where it leads out, or nothing of that name is in the tree.</summary>
    public string? Resolve(string list, string named)
    {
        named = named.StartsWith("./", StringComparison.Ordinal) ? named[2..] : named;
        if (LockPath.Fault(named) is not null)
            return null;
        int slash = list.LastIndexOf('/');
        string path = slash < 0 ? named : list[..(slash + 1)] + named;
        return Has(path) ? path : null;
    }

    /// <summary>The bytes of a file of the tree; null, with a fault, where they cannot be had.</summary>
    public byte[]? Bytes(TreeFile file, int most = MostBytes)
    {
        try
        {
            using var bytes = new FileBytes(file.Path, tree.Open(file.FullPath));
            if (bytes.Length <= most)
                return bytes.Read(0, most);
            Faults.Add(file.Path, 0, 0, $"larger than {ByteSize.Write(most)}; its digests were not read");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Faults.Add(file.Path, 0, 0, "its digests cannot be read: " + e.Message);
        }

        return null;
    }

    /// <summary>A file of a cache that the tree is a part of; null where there is none that is a plain file of its own.</summary>
    public byte[]? BytesOutside(string path, int most = MostBytes)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: > 0 } file)
                return null;
            if (file.Length <= most)
                return File.ReadAllBytes(path);
            Faults.Add(path, 0, 0, $"larger than {ByteSize.Write(most)}; its digests were not read");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Faults.Add(path, 0, 0, "its digests cannot be read: " + e.Message);
        }

        return null;
    }

    /// <summary>Whether there is such a directory. Asked often, answered from memory.</summary>
    public bool HasDirectory(string path)
    {
        if (!_directories.TryGetValue(path, out bool known))
            _directories[path] = known = Directory.Exists(path);
        return known;
    }

    /// <summary>As text; what is no UTF-8 is a fault.</summary>
    public string? Text(TreeFile file)
    {
        if (Bytes(file) is not { } bytes)
            return null;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            Faults.Add(file.Path, 0, 0, "not UTF-8 text");
            return null;
        }
    }
}
