using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Canary.Models.Signing;

/// <summary>Keys and certificates whose signature over models is believed: those that the user names, and no others.</summary>
public sealed class OmsTrust : IDisposable
{
    private readonly List<(string Place, ECDsa Key)> _keys = [];
    private readonly X509Certificate2Collection _roots = [];

    private OmsTrust()
    {
    }

    /// <summary>Nobody is named.</summary>
    public bool IsEmpty => _keys.Count == 0 && _roots.Count == 0;

    /// <param name="texts">PEM: a public key of P-256, P-384 or P-521, or certificates, with a word each for where they are from.</param>
    /// <exception cref="SignatureException">One is neither.</exception>
    public static OmsTrust Of(IEnumerable<(string Place, string Pem)> texts)
    {
        var trust = new OmsTrust();
        try
        {
            foreach (var (place, pem) in texts)
                trust.Add(place, pem);
            return trust;
        }
        catch
        {
            trust.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var (_, key) in _keys)
            key.Dispose();
        foreach (var root in _roots)
            root.Dispose();
    }

    /// <summary>Who signed.</summary>
    /// <exception cref="SignatureException">Nobody who is trusted, or what was signed was changed.</exception>
    internal string Check(OmsBundle bundle, DateTimeOffset now)
    {
        byte[] signed = DsseEnvelope.ToSign(DsseEnvelope.InToto, bundle.Payload);
        if (bundle.Certificates.Count > 0)
            return CheckChain(bundle, signed, now);
        if (_keys.Count == 0)
            throw new SignatureException("it was made with a key, and --trust names none");
        foreach (var (place, key) in _keys)
        {
            if (Holds(key, signed, bundle.Signature))
                return $"the key {place} (SHA-256 {Fingerprint(key.ExportSubjectPublicKeyInfo())})";
        }

        throw new SignatureException("it is of no key that --trust names, or what it signs was changed afterwards");
    }

    internal static HashAlgorithmName HashOf(ECDsa key) => key.KeySize switch
    {
        256 => HashAlgorithmName.SHA256,
        384 => HashAlgorithmName.SHA384,
        521 => HashAlgorithmName.SHA512,
        _ => throw new SignatureException($"a key of {key.KeySize} bits; P-256, P-384 and P-521 are taken"),
    };

    private static bool Holds(ECDsa key, byte[] signed, byte[] signature) => key.VerifyData(signed, signature, HashOf(key), DSASignatureFormat.Rfc3279DerSequence);

    private static string Fingerprint(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];

    private string CheckChain(OmsBundle bundle, byte[] signed, DateTimeOffset now)
    {
        if (_roots.Count == 0)
            throw new SignatureException("it was made with a certificate, and --trust names none above it");
        var certificates = new X509Certificate2Collection();
        try
        {
            foreach (byte[] raw in bundle.Certificates)
                certificates.Add(X509CertificateLoader.LoadCertificate(raw));
            var signer = certificates[0];
            using var key = signer.GetECDsaPublicKey() ?? throw new SignatureException("its certificate is of no key of an elliptic curve");
            if (!Holds(key, signed, bundle.Signature))
                throw new SignatureException("it is not of the key of its certificate, or what it signs was changed afterwards");
            if (signer.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage && (usage.KeyUsages & X509KeyUsageFlags.DigitalSignature) == 0)
                throw new SignatureException("its certificate is not for signing");
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
            chain.ChainPolicy.ExtraStore.AddRange(certificates);
            // There is no network here, and what is revoked is not known; who trusts a root answers for it.
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.ChainPolicy.VerificationTime = now.UtcDateTime;
            chain.ChainPolicy.VerificationTimeIgnored = false;
            if (!chain.Build(signer))
                throw new SignatureException("its certificate does not lead to one that --trust names: " + string.Join(" ", chain.ChainStatus.Select(s => s.StatusInformation.Trim())));
            return $"{signer.Subject} (certificate, SHA-256 {Fingerprint(signer.RawData)})";
        }
        catch (CryptographicException e)
        {
            throw new SignatureException("its certificate cannot be read: " + e.Message);
        }
        finally
        {
            foreach (var certificate in certificates)
                certificate.Dispose();
        }
    }

    private void Add(string place, string pem)
    {
        try
        {
            if (pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
                throw new SignatureException($"{place}: a private key; name the public one, and keep this one to those who sign");
            if (pem.Contains("BEGIN CERTIFICATE-----", StringComparison.Ordinal))
            {
                _roots.ImportFromPem(pem);
                return;
            }

            var key = ECDsa.Create();
            _keys.Add((place, key));
            key.ImportFromPem(pem);
            _ = HashOf(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new SignatureException($"{place}: neither a public key of an elliptic curve nor a certificate in PEM");
        }
    }
}
