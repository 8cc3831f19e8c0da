using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Canary.Models.Locking;
using Canary.Models.Provenance;

namespace Canary.Models.Signing;

/// <param name="Name">From the directory of the signature, with <c>/</c>.</param>
/// <param name="Range">Where a model is signed in shards: of these bytes alone.</param>
/// <param name="Algorithm">A name of <see cref="HashName"/>.</param>
public sealed record OmsResource(string Name, string Algorithm, string Hex, (long Start, long End)? Range);

/// <summary>The in-toto statement of a signature of models, with the predicate <c>https://model_signing/signature/v1.0</c>.</summary>
/// <param name="Subject">What the signer called the model.</param>
public sealed record OmsStatement(string Subject, IReadOnlyList<OmsResource> Resources)
{
    public const string Predicate = "https://model_signing/signature/v1.0";
    public const string Type = "https://in-toto.io/Statement/v1";

    private const string OldPredicates = "https://model_signing/";
    private const int MostResources = 10_000_000;

    /// <exception cref="SignatureException">It is no statement about a model, or says other things in one place than in another.</exception>
    public static OmsStatement Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
            return Of(document.RootElement);
        }
        catch (JsonException)
        {
            throw new SignatureException("its statement is no JSON, or a key stands in it twice");
        }
    }

    /// <summary>The digest that stands for all resources: SHA-256 over their digests, in order.</summary>
    public static string SubjectDigest(IEnumerable<OmsResource> resources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var resource in resources)
            hash.AppendData(Convert.FromHexString(resource.Hex));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static OmsStatement Of(JsonElement root)
    {
        if (root.Text("_type") is not Type)
            throw new SignatureException("what it signs is no in-toto statement of version 1");
        string? kind = root.Text("predicateType");
        if (kind is not Predicate)
        {
            throw new SignatureException(kind is not null && kind.StartsWith(OldPredicates, StringComparison.Ordinal)
                ? $"it is of an old form ({kind}), which signs no list of files: have the model signed again, with model_signing 1.0 or later"
                : "it is about something else than a model");
        }

        if (root.Get("predicate") is not { } predicate)
            throw new SignatureException("it has no predicate");
        if (predicate.Get("serialization")?.Text("method") is not ("files" or "shards") and var method)
            throw new SignatureException($"it signs by a method that is not known here: '{method}'");
        var resources = predicate.Get("resources").Entries().Take(MostResources + 1).Select(Resource).ToList();
        if (resources.Count is 0 or > MostResources)
            throw new SignatureException("it names no files, or too many");
        if (resources.DistinctBy(r => (r.Name, r.Range)).Count() != resources.Count)
            throw new SignatureException("it names a file twice");
        var subjects = root.Get("subject").Entries().ToList();
        if (subjects.Count != 1 || subjects[0].Get("digest")?.Text("sha256") is not { } digest)
            throw new SignatureException("it has not one subject with a SHA-256");
        if (digest != SubjectDigest(resources))
            throw new SignatureException("its subject is not the digest of the files that it names");
        return new OmsStatement(subjects[0].Text("name") ?? "", resources);
    }

    private static OmsResource Resource(JsonElement element)
    {
        string name = element.Text("name") ?? throw new SignatureException("a file in it has no name");
        string said = element.Text("algorithm") ?? "";
        // Shards: sha256-sharded-1000000000.
        int sharded = said.IndexOf("-sharded-", StringComparison.Ordinal);
        string algorithm = sharded < 0 ? said : said[..sharded];
        if (algorithm is not (HashName.Sha256 or HashName.Blake3 or HashName.Sha384 or HashName.Sha512))
            throw new SignatureException($"it has digests by '{said}', which are not taken here; sha256 and blake3 are");
        string hex = HexDigest.Of(element.Text("digest"), algorithm) ?? throw new SignatureException("a digest in it is none");
        (long, long)? range = null;
        if (name.Split(':') is [.. var path, var start, var end] && path.Length > 0 && Number(start) is { } from && Number(end) is { } to)
            (name, range) = (string.Join(':', path), from <= to ? (from, to) : throw new SignatureException("a shard in it ends before it begins"));
        if (LockPath.Fault(name) is { } wrong)
            throw new SignatureException($"a name in it {wrong}");
        if (range is not null && algorithm != HashName.Sha256)
            throw new SignatureException("it has shards by another digest than SHA-256");
        return new OmsResource(name, algorithm, hex, range);
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
