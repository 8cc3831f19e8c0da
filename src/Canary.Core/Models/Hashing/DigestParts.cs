namespace Canary.Models.Hashing;

/// <summary>What is taken of a file, in one pass over its bytes.</summary>
[Flags]
public enum DigestParts
{
    /// <summary>What publishers name a file by.</summary>
    Sha256 = 1,

    /// <summary>The chunk table, for later and faster checks.</summary>
    Chunks = 2,

    All = Sha256 | Chunks,
}
