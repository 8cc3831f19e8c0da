using System.Text.Json;
using Canary.Models.Locking;

namespace Canary.Models.Provenance;

/// <summary>
/// Ollama's store: <c>manifests/host/namespace/model/tag</c> lists layers by SHA-256 and size, and <c>blobs/sha256-digest</c> has them. Ollama
/// itself does not look at a blob again once it is there.
/// </summary>
public sealed class OllamaStore : IHashSource
{
    private const string Prefix = "sha256-";
    private const int MostManifest = 4 * 1024 * 1024;

    public string Name => "ollama";

    public IEnumerable<HashClaim> Claims(HashSearch search)
    {
        foreach (var file in search.Files)
        {
            string[] parts = file.FullPath.Split(Path.DirectorySeparatorChar);
            if (parts.Length > 1 && parts[^2] == "blobs" && parts[^1].StartsWith(Prefix, StringComparison.Ordinal) && HexDigest.Of(parts[^1][Prefix.Length..], HashName.Sha256) is { } hex)
                yield return new HashClaim(file.Path, HashName.Sha256, hex, "the name of its blob in Ollama's store") { Source = new LockSource(Name, null, null) };
            // …/manifests/host/namespace/model/tag
            if (parts.Length > 5 && parts[^5] == "manifests")
            {
                foreach (var claim in Read(search, file, $"{parts[^4]}/{parts[^3]}/{parts[^2]}:{parts[^1]}"))
                    yield return claim;
            }
        }
    }

    private List<HashClaim> Read(HashSearch search, TreeFile file, string model)
    {
        var claims = new List<HashClaim>();
        if (search.Bytes(file, MostManifest) is not { } bytes)
            return claims;
        using var document = StrictJson.Parse(search, file.Path, bytes);
        if (document?.RootElement.Whole("schemaVersion") is not 2)
            return claims;
        string[] parts = file.Path.Split('/');
        // The walk began within the manifests: there are no blobs in it.
        if (parts.Length < 5)
            return claims;
        string store = string.Concat(parts[..^5].Select(p => p + "/"));
        var layers = document.RootElement.Get("layers").Entries();
        if (document.RootElement.Get("config") is { ValueKind: JsonValueKind.Object } config)
            layers = layers.Prepend(config);
        foreach (var layer in layers)
        {
            if (layer.Text("digest") is not { } digest || !digest.StartsWith("sha256:", StringComparison.Ordinal) || HexDigest.Of(digest[7..], HashName.Sha256) is not { } hex)
                continue;
            string blob = $"{store}blobs/{Prefix}{hex}";
            if (search.Has(blob))
                claims.Add(new HashClaim(blob, HashName.Sha256, hex, "the manifest of " + model) { Size = layer.Whole("size"), Source = new LockSource(Name, model, null) });
        }

        return claims;
    }
}
