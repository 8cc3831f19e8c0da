using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Canary.Alerts.Notifiers;

/// <summary>Trust in the certificates of one file instead of the system's: for a mail server with an authority of its own.</summary>
internal static class MailTrust
{
    public static RemoteCertificateValidationCallback In(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new MailSecretException($"email.ca_file cannot be read: {e.Message}");
        }

        return (_, certificate, _, errors) =>
        {
            // The name must fit all the same; only who vouches for it is another.
            if (certificate is null || (errors & (SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable)) != 0)
                return false;
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            using var copy = new X509Certificate2(certificate);
            return chain.Build(copy);
        };
    }
}
