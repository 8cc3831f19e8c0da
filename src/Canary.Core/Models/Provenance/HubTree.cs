using System.Text.Json;
using Canary.Models.Locking;

namespace Canary.Models.Provenance;

/// <param name="Algorithm">A name of <see cref="HashName"/>.</param>
internal sealed record HubFile(string Algorithm, string Hex, long? Size);

/// <summary><c>trees/commit.json</c> of huggingface_hub: <c>{"format_version":1,"files":{path:{size,blob_id,lfs_sha256,lfs_size,xet_hash}}}</c>.</summary>
internal static class HubTree
{
    /// <summary>By path within the repository; nothing where there is no such list.</summary>
    public static Dictionary<string, HubFile> Read(HashSearch search, string file)
    {
        var found = new Dictionary<string, HubFile>(StringComparer.Ordinal);
        if (search.BytesOutside(file) is not { } bytes)
            return found;
        using var document = StrictJson.Parse(search, file, bytes);
        if (document?.RootElement.Whole("format_version") is not 1)
        {
            search.Faults.Add(file, 0, 0, "a list of a snapshot in a form that is not known; its digests were not read");
            return found;
        }

        if (document.RootElement.Get("files") is { ValueKind: JsonValueKind.Object } files)
        {
            foreach (var entry in files.EnumerateObject())
            {
                if (HexDigest.Of(entry.Value.Text("lfs_sha256"), HashName.Sha256) is { } sha256)
                    found[entry.Name] = new HubFile(HashName.Sha256, sha256, entry.Value.Whole("lfs_size"));
                else if (HexDigest.Of(entry.Value.Text("blob_id"), HashName.GitSha1) is { } sha1)
                    found[entry.Name] = new HubFile(HashName.GitSha1, sha1, entry.Value.Whole("size"));
            }
        }

        return found;
    }
}
