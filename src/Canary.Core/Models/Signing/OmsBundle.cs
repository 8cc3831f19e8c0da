using System.Text.Json;
using Canary.Models.Provenance;

namespace Canary.Models.Signing;

/// <summary>
/// <c>model.sig</c> of the OpenSSF model signing specification: a sigstore bundle (<c>application/vnd.dev.sigstore.bundle.v0.3+json</c>) around
/// a DSSE envelope.
/// </summary>
/// <param name="Payload">The in-toto statement, as it was signed.</param>
/// <param name="Certificates">The signer's, then those above it; none where it was signed with a bare key.</param>
internal sealed record OmsBundle(byte[] Payload, byte[] Signature, IReadOnlyList<byte[]> Certificates)
{
    /// <summary>What a bundle may have: a model of a million files.</summary>
    public const int MostBytes = 256 * 1024 * 1024;

    public const string MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private const int MostCertificates = 16;

    /// <exception cref="SignatureException">It is no bundle that can be checked here.</exception>
    public static OmsBundle Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
            return Of(document.RootElement);
        }
        catch (JsonException)
        {
            throw new SignatureException("it is no JSON, or a key stands in it twice");
        }
    }

    private static OmsBundle Of(JsonElement root)
    {
        if (root.Text("mediaType") is not { } type || !type.StartsWith("application/vnd.dev.sigstore.bundle", StringComparison.Ordinal))
            throw new SignatureException("it is no sigstore bundle");
        if (root.Get("dsseEnvelope") is not { } envelope)
            throw new SignatureException("it has no DSSE envelope: it signs one file and not a model");
        if (envelope.Text("payloadType") is not DsseEnvelope.InToto)
            throw new SignatureException("what it signs is no in-toto statement");
        var signatures = envelope.Get("signatures").Entries().ToList();
        if (signatures.Count != 1)
            throw new SignatureException($"it has {signatures.Count} signatures, and one is asked for");
        return new OmsBundle(
            Base64(envelope.Get("payload")) ?? throw new SignatureException("its payload is no base64"),
            Base64(signatures[0].Get("sig")) ?? throw new SignatureException("its signature is no base64"),
            Chain(root.Get("verificationMaterial") ?? throw new SignatureException("it does not say what it is to be verified with")));
    }

    private static byte[][] Chain(JsonElement material)
    {
        if (material.Get("x509CertificateChain") is { } chain)
        {
            var listed = chain.Get("certificates").Entries().ToList();
            if (listed.Count is 0 or > MostCertificates)
                throw new SignatureException($"its chain has {listed.Count} certificates");
            return [.. listed.Select(Raw)];
        }

        if (material.Get("certificate") is not { } one)
            return material.Get("publicKey") is not null ? [] : throw new SignatureException("it does not say what it is to be verified with");
        // A certificate of Fulcio lives for minutes; what makes it hold is the entry in the log.
        if (material.Get("tlogEntries").Entries().Any())
            throw new SignatureException("it was made with sigstore (Fulcio and Rekor), which this Canary does not verify: have it signed with a key or a certificate of your own, or verify it with model_signing");
        return [Raw(one)];
    }

    private static byte[] Raw(JsonElement certificate) => Base64(certificate.Get("rawBytes")) ?? throw new SignatureException("a certificate is no base64");

    private static byte[]? Base64(JsonElement? text) => text is { ValueKind: JsonValueKind.String } value && value.TryGetBytesFromBase64(out byte[]? bytes) ? bytes : null;
}
