using Canary.Models.Locking;

namespace Canary.Models.Provenance;

/// <summary>Digests as people write them.</summary>
public static class HexDigest
{
    /// <summary>In lower case; null where it is no digest of that algorithm.</summary>
    public static string? Of(string? text, string algorithm) =>
        text is not null && text.Length == HashName.Digits(algorithm) && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;

    /// <summary>The algorithm of a name that the Hugging Face Hub gives content: SHA-256 for large files, git's SHA-1 for the others.</summary>
    public static string? OfHub(string? text) => text is null ? null : Of(text, HashName.Sha256) is not null ? HashName.Sha256 : Of(text, HashName.GitSha1) is not null ? HashName.GitSha1 : null;
}
