using Org.BouncyCastle.Crypto.Digests;

namespace Canary.Advisories.Index;

/// <summary>SHA-256 without OpenSSL: of the few pages that a scan touches it is taken before the platform's library would be loaded.</summary>
internal static class PageDigest
{
    /// <param name="digest">32 bytes.</param>
    public static void Of(ReadOnlySpan<byte> bytes, Span<byte> digest)
    {
        var sha256 = new Sha256Digest();
        sha256.BlockUpdate(bytes);
        sha256.DoFinal(digest);
    }
}
