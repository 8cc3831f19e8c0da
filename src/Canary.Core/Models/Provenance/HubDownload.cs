using Canary.Models.Locking;

namespace Canary.Models.Provenance;

/// <summary>
/// A directory that huggingface_hub downloaded to (<c>local_dir</c>): <c>.cache/huggingface/download/path.metadata</c> has the commit and the
/// ETag, which is SHA-256 or git's SHA-1; <c>.cache/huggingface/trees/commit.json</c> lists the snapshot.
/// </summary>
public sealed class HubDownload : IHashSource
{
    private const int MostMetadata = 4096;

    public string Name => "huggingface";

    public IEnumerable<HashClaim> Claims(HashSearch search)
    {
        var trees = new Dictionary<string, Dictionary<string, HubFile>>(StringComparer.Ordinal);
        foreach (var file in search.Files)
        {
            if (RootOf(search, file) is not var (cache, within))
                continue;
            string[] lines = System.Text.Encoding.UTF8.GetString(search.BytesOutside(Path.Combine(cache, "download", within + ".metadata"), MostMetadata) ?? []).Split('\n');
            if (lines.Length < 2 || HexDigest.Of(lines[0].Trim(), HashName.GitSha1) is not { } commit)
                continue;
            var source = new LockSource(Name, null, commit);
            string etag = lines[1].Trim();
            if (HexDigest.OfHub(etag) is { } algorithm)
                yield return new HashClaim(file.Path, algorithm, etag.ToLowerInvariant(), "the Hub's word when it was downloaded") { Source = source };
            string tree = Path.Combine(cache, "trees", commit + ".json");
            if (!trees.TryGetValue(tree, out var listed))
                trees[tree] = listed = HubTree.Read(search, tree);
            if (listed.TryGetValue(within, out var entry))
                yield return new HashClaim(file.Path, entry.Algorithm, entry.Hex, "the Hub's list of the snapshot") { Size = entry.Size, Source = source };
        }
    }

    // The nearest directory above the file, from the base down, that the Hub's client keeps its state in.
    private static (string Cache, string Within)? RootOf(HashSearch search, TreeFile file)
    {
        string[] parts = file.Path.Split('/');
        string directory = search.Base;
        for (int i = 0; i < parts.Length; i++)
        {
            string cache = Path.Combine(directory, ".cache", "huggingface");
            if (search.HasDirectory(cache))
                return (cache, string.Join('/', parts[i..]));
            directory = Path.Combine(directory, parts[i]);
        }

        return null;
    }
}
