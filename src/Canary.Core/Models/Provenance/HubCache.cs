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
            string[] parts = file.FullPath.Split(Path.DirectorySeparatorChar);
            int repo = Array.FindIndex(parts, p => p.StartsWith("models--", StringComparison.Ordinal));
            if (repo < 0 || parts.Length < repo + 3)
                continue;
            string id = parts[repo]["models--".Length..].Replace("--", "/", StringComparison.Ordinal);
            if (parts[repo + 1] == "blobs" && parts.Length == repo + 3)
            {
                if (HexDigest.OfHub(parts[^1]) is { } named)
                    yield return new HashClaim(file.Path, named, parts[^1], "the name of its blob in the Hugging Face cache") { Source = new LockSource(Name, id, null) };
                continue;
            }

            if (parts[repo + 1] != "snapshots" || parts.Length < repo + 4)
                continue;
            var source = new LockSource(Name, id, parts[repo + 2]);
            if (BlobOf(file.FullPath) is { } blob && HexDigest.OfHub(blob) is { } algorithm)
                yield return new HashClaim(file.Path, algorithm, blob, "the name of its blob in the Hugging Face cache") { Source = source };
            string tree = string.Join(Path.DirectorySeparatorChar, [.. parts[..(repo + 1)], "trees", parts[repo + 2] + ".json"]);
            if (!trees.TryGetValue(tree, out var listed))
                trees[tree] = listed = HubTree.Read(search, tree);
            if (listed.TryGetValue(string.Join('/', parts[(repo + 3)..]), out var entry))
                yield return new HashClaim(file.Path, entry.Algorithm, entry.Hex, "the Hub's list of the snapshot") { Size = entry.Size, Source = source };
        }
    }

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
