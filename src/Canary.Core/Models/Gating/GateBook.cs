using System.Collections.Frozen;

namespace Canary.Models.Gating;

/// <summary>A fixed list of files.</summary>
public sealed class GateBook(IReadOnlyList<GatedFile> files) : IGateBook
{
    private readonly FrozenDictionary<string, GatedFile> _byPath = files.DistinctBy(f => f.Path).ToFrozenDictionary(f => f.Path, StringComparer.Ordinal);
    private readonly ILookup<string, GatedFile> _byName = files.ToLookup(f => NameOf(f.Path), StringComparer.Ordinal);

    public IReadOnlyList<GatedFile> Files { get; } = files;

    /// <summary>By the path; else by name and size, since through a bind mount or in a container the same file has another path.</summary>
    public GatedFile? Expected(string path, long size) =>
        _byPath.TryGetValue(path, out var file) ? file : _byName[NameOf(path)].FirstOrDefault(f => f.Size == size);

    public GatedFile? At(string path) => _byPath.GetValueOrDefault(path);

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
