using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Canary.Advisories;

/// <summary>
/// A public key of the curve P-256 that signatures of indexes are checked with. Not through the platform: it loads OpenSSL for that, which
/// takes a short scan longer than all of its lookups, and 8 MiB.
/// </summary>
internal sealed class IndexKey
{
    private const int CoordinateBytes = 32;

    private readonly ECPublicKeyParameters _key;

    private IndexKey(ReadOnlySpan<byte> point)
    {
        var curve = CustomNamedCurves.GetByName("P-256");
        var domain = new ECDomainParameters(curve);
        _key = new ECPublicKeyParameters(curve.Curve.DecodePoint(point.ToArray()), domain);
    }

    // SubjectPublicKeyInfo (RFC 5480) of id-ecPublicKey on prime256v1, up to the point, which is not compressed.
    private static ReadOnlySpan<byte> Prefix => [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00];

    /// <summary>The key of a PEM text in the form that OpenSSL and .NET write; null for any other text.</summary>
    public static IndexKey? Read(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields) || !pem.AsSpan()[fields.Label].SequenceEqual("PUBLIC KEY"))
            return null;
        Span<byte> der = stackalloc byte[128];
        if (!Convert.TryFromBase64Chars(pem.AsSpan()[fields.Base64Data], der, out int length))
            return null;
        var point = der[..length];
        if (!point.StartsWith(Prefix) || length != Prefix.Length + 1 + (2 * CoordinateBytes))
            return null;
        try
        {
            return new IndexKey(point[Prefix.Length..]);
        }
        catch (ArgumentException)
        {
            // Not on the curve.
            return null;
        }
    }

    /// <param name="signature">The two numbers one after the other, 32 bytes each, big-endian (IEEE P1363).</param>
    public bool HasSigned(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != 2 * CoordinateBytes)
            return false;
        // Without OpenSSL: a head is hashed before that library would be loaded.
        var sha256 = new Sha256Digest();
        sha256.BlockUpdate(message);
        byte[] digest = new byte[sha256.GetDigestSize()];
        sha256.DoFinal(digest);
        var signer = new ECDsaSigner();
        signer.Init(forSigning: false, _key);
        return signer.VerifySignature(digest, new BigInteger(1, signature[..CoordinateBytes]), new BigInteger(1, signature[CoordinateBytes..]));
    }
}
