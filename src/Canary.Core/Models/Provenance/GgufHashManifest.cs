using Canary.Models.Locking;

namespace Canary.Models.Provenance;

/// <summary>
/// What llama.cpp's <c>gguf-hash</c> writes: <c>sha256  digest  file.gguf:tensor</c>. Only SHA-256 of tensors is taken: its digest of a whole
/// model is of the tensors' bytes and leaves the header out, and xxh64 is no digest against anybody.
/// </summary>
public sealed class GgufHashManifest : IHashSource
{
    private const string Algorithm = "sha256";

    public string Name => "gguf-hash";

    public IEnumerable<HashClaim> Claims(HashSearch search) =>
        search.Files.Where(f => f.Path.EndsWith(".manifest", StringComparison.OrdinalIgnoreCase) || f.Path.EndsWith(".gguf-hash", StringComparison.OrdinalIgnoreCase)).SelectMany(f => Read(search, f));

    private IEnumerable<HashClaim> Read(HashSearch search, TreeFile manifest)
    {
        foreach (string line in (search.Text(manifest) ?? "").Split('\n'))
        {
            string[] parts = line.TrimEnd('\r').Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length < 3 || parts[0] != Algorithm || HexDigest.Of(parts[1], HashName.Sha256) is not { } hex)
                continue;
            // Both names may have colons; the file's ends with its extension.
            int at = parts[2].IndexOf(".gguf:", StringComparison.OrdinalIgnoreCase);
            if (at < 0 || search.Resolve(manifest.Path, parts[2][..(at + 5)]) is not { } path)
                continue;
            yield return new HashClaim(path, HashName.Sha256, hex, manifest.Path) { Tensor = parts[2][(at + 6)..], Source = new LockSource(Name, null, null) };
        }
    }
}
