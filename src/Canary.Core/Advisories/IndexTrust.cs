using System.Security.Cryptography;

namespace Canary.Advisories;

/// <summary>
/// The public keys (ECDSA, P-256) whose signature makes an index believed. There is no key of the project yet: whoever builds an index
/// names the key, see docs/packages-index.md.
/// </summary>
public sealed class IndexTrust
{
    private readonly List<IndexKey> _keys = [];

    private IndexTrust()
    {
    }

    /// <summary>Believes a file for the place that it lies in: only for one that the same person has just built.</summary>
    public static IndexTrust WithoutSignature { get; } = new() { AllowsUnsigned = true };

    public bool AllowsUnsigned { get; private init; }

    /// <param name="keys">PEM texts of public keys, with a word each for where they are from.</param>
    public static IndexTrust Of(IEnumerable<(string Place, string Pem)> keys)
    {
        var trust = new IndexTrust();
        foreach (var (place, pem) in keys)
            trust._keys.Add(IndexKey.Read(pem) ?? PublicKey(place, pem));
        return trust;
    }

    /// <summary>The key to sign with.</summary>
    public static ECDsa PrivateKey(string place, string pem) => Key(place, pem, wantPrivate: true);

    /// <summary>The public half of a key, as PEM.</summary>
    public static string PublicPem(ECDsa key) => key.ExportSubjectPublicKeyInfoPem() + "\n";

    internal void Check(ReadOnlySpan<byte> head, ReadOnlySpan<byte> signature)
    {
        if (AllowsUnsigned)
            return;
        if (signature.IsEmpty)
            throw new InvalidIndexException("the index is not signed: build it with --sign KEY");
        if (_keys.Count == 0)
            throw new InvalidIndexException("no key is trusted to sign an index: name one with --trust KEY");
        foreach (var key in _keys)
        {
            if (key.HasSigned(head, signature))
                return;
        }

        throw new InvalidIndexException("the signature is of no trusted key, or the index was changed after it was signed: do not use it, fetch it again or name the right key with --trust");
    }

    // In another form than most tools write; what is no key is told here.
    private static IndexKey PublicKey(string place, string pem)
    {
        using var key = Key(place, pem, wantPrivate: false);
        return IndexKey.Read(key.ExportSubjectPublicKeyInfoPem()) ?? throw new InvalidIndexException($"{place}: no key of the curve P-256");
    }

    private static ECDsa Key(string place, string pem, bool wantPrivate)
    {
        var key = ECDsa.Create();
        try
        {
            bool isPrivate = pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal);
            if (wantPrivate != isPrivate)
                throw new InvalidIndexException($"{place}: " + (wantPrivate ? "no private key" : "a private key; name the public one, and keep this one to those who build the index"));
            key.ImportFromPem(pem);
            if (key.KeySize != 256 || key.ExportParameters(false).Curve.Oid?.Value is { } curve && curve != ECCurve.NamedCurves.nistP256.Oid.Value)
                throw new InvalidIndexException($"{place}: no key of the curve P-256");
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new InvalidIndexException($"{place}: no key of the curve P-256 in PEM");
        }
        catch (InvalidIndexException)
        {
            key.Dispose();
            throw;
        }
    }
}
