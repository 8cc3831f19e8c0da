using Canary.Hashing;

namespace Canary.Advisories.Index;

/// <summary>BLAKE3: a scan of many packages touches a megabyte of pages, and without the platform's library SHA-256 takes five times as long.</summary>
internal static class PageDigest
{
    /// <param name="digest">32 bytes.</param>
    public static void Of(ReadOnlySpan<byte> page, Span<byte> digest) => Blake3.Hash(page, digest, Blake3Kernel.Widest);
}
