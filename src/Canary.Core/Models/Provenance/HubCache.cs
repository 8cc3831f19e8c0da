using Canary.Models.Locking;

namespace Canary.Models.Provenance;

/// <summary>
/// The cache of huggingface_hub: <c>models--org--name/snapshots/commit/path</c> leads to <c>blobs/digest</c>, SHA-256 for large files and git's
/// SHA-1 for the others, and <c>trees/commit.json</c> lists a whole snapshot. The names are the Hub's word as it was when the files came;
/// nothing checks them on loading.
/// </summary>
public sealed class HubCache : IHashSource
{
    public string Name => "huggingface";

    public IEnumerable<HashClaim> Claims(HashSearch search)
    {
        var trees = new Dictionary<string, Dictionary<string, HubFile>>(StringComparer.Ordinal);
        foreach (var file in search.Files)
        {
            if (Snapshot(file.FullPath) is var (cache, id, commit, within))
            {
                var source = new LockSource(Name, id, commit);
                if (BlobOf(file.FullPath) is { } blob && HexDigest.OfHub(blob) is { } algorithm)
                    yield return new HashClaim(file.Path, algorithm, blob, "the name of its blob in the Hugging Face cache") { Source = source };
                string tree = Path.Combine(cache, "trees", commit + ".json");
                if (!trees.TryGetValue(tree, out var listed))
                    trees[tree] = listed = HubTree.Read(search, tree);
                if (listed.TryGetValue(within, out var entry))
                    yield return new HashClaim(file.Path, entry.Algorithm, entry.Hex, "the Hub's list of the snapshot") { Size = entry.Size, Source = source };
            }
            else if (Split(file.FullPath, out int repo) is var parts && repo >= 0 && parts.Length == repo + 3 && parts[repo + 1] == "blobs" && HexDigest.OfHub(parts[^1]) is { } named)
            {
                yield return new HashClaim(file.Path, named, parts[^1], "the name of its blob in the Hugging Face cache") { Source = new LockSource(Name, RepositoryOf(parts[repo]), null) };
            }
        }
    }

    /// <summary>Where a file of a snapshot stands: the repository's directory in the cache, its name, the commit, the path within it; null for any other file.</summary>
    public static (string Cache, string Repository, string Commit, string Within)? Snapshot(string fullPath)
    {
        string[] parts = Split(fullPath, out int repo);
        return repo >= 0 && parts.Length >= repo + 4 && parts[repo + 1] == "snapshots"
            ? (string.Join(Path.DirectorySeparatorChar, parts[..(repo + 1)]), RepositoryOf(parts[repo]), parts[repo + 2], string.Join('/', parts[(repo + 3)..])) : null;
    }

    private static string[] Split(string fullPath, out int repo)
    {
        string[] parts = fullPath.Split(Path.DirectorySeparatorChar);
        repo = Array.FindIndex(parts, p => p.StartsWith("models--", StringComparison.Ordinal));
        return parts;
    }

    private static string RepositoryOf(string directory) => directory["models--".Length..].Replace("--", "/", StringComparison.Ordinal);

    private static string? BlobOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is { } target && Path.GetFileName(Path.GetDirectoryName(target)) == "blobs" ? Path.GetFileName(target) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
