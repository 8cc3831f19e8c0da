using System.Security.Cryptography;
using System.Text.Json;
using Canary.Models.Locking;

namespace Canary.Models.Signing;

/// <summary>Makes <c>model.sig</c> with a key: the files of a lock, by SHA-256.</summary>
public static class OmsSigner
{
    /// <summary>The private key of a PEM text.</summary>
    /// <exception cref="SignatureException">There is none that can sign.</exception>
    public static ECDsa Key(string place, string pem)
    {
        var key = ECDsa.Create();
        try
        {
            if (!pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
                throw new SignatureException($"{place}: no private key");
            key.ImportFromPem(pem);
            _ = OmsTrust.HashOf(key);
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new SignatureException($"{place}: no private key of P-256, P-384 or P-521 in PEM");
        }
        catch (SignatureException)
        {
            key.Dispose();
            throw;
        }
    }

    /// <param name="name">What the model is called.</param>
    /// <param name="files">With paths from the directory that the signature is to lie in.</param>
    /// <param name="ignored">Paths that are not signed: the signature itself, the lock.</param>
    public static byte[] Sign(ECDsa key, string name, IEnumerable<(string Path, string Sha256)> files, IReadOnlyList<string> ignored)
    {
        var resources = files.Select(f => new OmsResource(f.Path, HashName.Sha256, f.Sha256, null)).OrderBy(r => r.Name, StringComparer.Ordinal).ToList();
        byte[] payload = Statement(name, resources, ignored);
        byte[] signature = key.SignData(DsseEnvelope.ToSign(DsseEnvelope.InToto, payload), OmsTrust.HashOf(key), DSASignatureFormat.Rfc3279DerSequence);
        return Json(w =>
        {
            w.WriteString("mediaType", OmsBundle.MediaType);
            w.WriteStartObject("verificationMaterial");
            w.WriteStartObject("publicKey");
            w.WriteString("hint", Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())));
            w.WriteEndObject();
            w.WriteStartArray("tlogEntries");
            w.WriteEndArray();
            w.WriteEndObject();
            w.WriteStartObject("dsseEnvelope");
            w.WriteBase64String("payload", payload);
            w.WriteString("payloadType", DsseEnvelope.InToto);
            w.WriteStartArray("signatures");
            w.WriteStartObject();
            w.WriteBase64String("sig", signature);
            w.WriteString("keyid", "");
            w.WriteEndObject();
            w.WriteEndArray();
            w.WriteEndObject();
        });
    }

    private static byte[] Statement(string name, IReadOnlyList<OmsResource> resources, IReadOnlyList<string> ignored) => Json(w =>
    {
        w.WriteString("_type", OmsStatement.Type);
        w.WriteStartArray("subject");
        w.WriteStartObject();
        w.WriteString("name", name);
        w.WriteStartObject("digest");
        w.WriteString("sha256", OmsStatement.SubjectDigest(resources));
        w.WriteEndObject();
        w.WriteEndObject();
        w.WriteEndArray();
        w.WriteString("predicateType", OmsStatement.Predicate);
        w.WriteStartObject("predicate");
        w.WriteStartArray("resources");
        foreach (var resource in resources)
        {
            w.WriteStartObject();
            w.WriteString("digest", resource.Hex);
            w.WriteString("algorithm", resource.Algorithm);
            w.WriteString("name", resource.Name);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.WriteStartObject("serialization");
        w.WriteString("hash_type", HashName.Sha256);
        w.WriteString("method", "files");
        w.WriteBoolean("allow_symlinks", false);
        w.WriteStartArray("ignore_paths");
        foreach (string path in ignored)
            w.WriteStringValue(path);
        w.WriteEndArray();
        w.WriteEndObject();
        w.WriteEndObject();
    });

    private static byte[] Json(Action<Utf8JsonWriter> fields)
    {
        using var buffer = new MemoryStream();
        using (var w = new Utf8JsonWriter(buffer))
        {
            w.WriteStartObject();
            fields(w);
            w.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
