using System.Text.Json;
using Canary.Models.Locking;

namespace Canary.Models.Provenance;

/// <summary>Digests of a CycloneDX bill of materials (JSON, 1.4 to 1.7): components with <c>hashes</c> whose name, or place of evidence, is that of a file beside it.</summary>
public sealed class CycloneDxHashes : IHashSource
{
    /// <summary>On whose word a component of a bill of Canary's own has its digests: a word of <see cref="TrustBasis"/>.</summary>
    public const string BasisProperty = "canary:basis";

    private const int MostComponents = 100_000;

    public string Name => "cyclonedx";

    public IEnumerable<HashClaim> Claims(HashSearch search) => search.Files.Where(f => IsBill(f.Path)).SelectMany(f => Read(search, f));

    /// <summary>Whether a file of that name is read as a bill.</summary>
    public static bool IsBill(string path) => Path.GetFileName(path) is var name && (name.EndsWith(".cdx.json", StringComparison.OrdinalIgnoreCase) || name.Equals("bom.json", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".bom.json", StringComparison.OrdinalIgnoreCase) || name.Equals("cyclonedx.json", StringComparison.OrdinalIgnoreCase));

    private List<HashClaim> Read(HashSearch search, TreeFile bill)
    {
        var claims = new List<HashClaim>();
        if (search.Bytes(bill) is not { } bytes)
            return claims;
        using var document = StrictJson.Parse(search, bill.Path, bytes);
        if (document?.RootElement.Text("bomFormat") != "CycloneDX")
            return claims;
        var pending = new Stack<JsonElement>(document.RootElement.Get("components").Entries());
        if (document.RootElement.Get("metadata") is { } metadata && metadata.Get("component") is { } main)
            pending.Push(main);
        for (int seen = 0; pending.TryPop(out var component) && seen < MostComponents; seen++)
        {
            foreach (var inner in component.Get("components").Entries())
                pending.Push(inner);
            if (IsNobodysWord(component))
                continue;
            foreach (string path in Paths(search, bill.Path, component))
                claims.AddRange(Hashes(component).Select(h => new HashClaim(path, h.Algorithm, h.Hex, bill.Path) { Source = Source(component) }));
        }

        return claims;
    }

    // Canary's own bill lists what it saw first, too. Were that a claim, its next lock would take it for a publisher's.
    private static bool IsNobodysWord(JsonElement component) =>
        component.Get("properties").Entries().Any(p => p.Text("name") == BasisProperty && p.Text("value") == TrustBasis.FirstSeen.Word());

    private static IEnumerable<string> Paths(HashSearch search, string bill, JsonElement component)
    {
        var places = component.Get("evidence") is { } evidence ? evidence.Get("occurrences").Entries().Select(o => o.Text("location")) : [];
        return places.Append(component.Text("name")).OfType<string>().Select(p => search.Resolve(bill, p)).OfType<string>().Distinct();
    }

    private static IEnumerable<(string Algorithm, string Hex)> Hashes(JsonElement component) =>
        from hash in component.Get("hashes").Entries()
        let algorithm = hash.Text("alg") switch { "SHA-256" => HashName.Sha256, "SHA-384" => HashName.Sha384, "SHA-512" => HashName.Sha512, "BLAKE3" => HashName.Blake3, "SHA-1" => HashName.Sha1, _ => null }
        where algorithm is not null
        let hex = HexDigest.Of(hash.Text("content"), algorithm)
        where hex is not null
        select (algorithm, hex);

    // pkg:huggingface/org/name@commit
    private LockSource Source(JsonElement component)
    {
        const string Hub = "pkg:huggingface/";
        if (component.Text("purl") is not { } purl || !purl.StartsWith(Hub, StringComparison.OrdinalIgnoreCase))
            return new LockSource(Name, null, null);
        string[] parts = purl[Hub.Length..].Split('?', 2)[0].Split('@', 2);
        return new LockSource("huggingface", Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null);
    }
}
