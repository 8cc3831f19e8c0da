using System.Security.Cryptography;

namespace Canary.Models.Locking;

/// <summary>What is known of the models below a directory: <c>models.lock</c>.</summary>
/// <param name="Created">When it was written.</param>
/// <param name="Base">The directory that paths start from, as seen from the lock's own directory, with <c>/</c>: <c>.</c>, <c>models</c>. Only where to look when nobody says otherwise.</param>
/// <param name="Files">By path, in ordinal order.</param>
public sealed record ModelLock(DateTimeOffset Created, string Base, IReadOnlyList<LockedFile> Files)
{
    /// <summary>The only form of the file that there is so far.</summary>
    public const int Version = 1;

    /// <summary>What a lock may have at most.</summary>
    public const int MostFiles = 100_000;

    /// <summary>The canonical form: the same lock has the same bytes.</summary>
    public byte[] Bytes() => LockWriter.Write(this);

    /// <summary>What verdicts are bound to: SHA-256 over all that a verification compares with, and nothing else. Another date alone makes no other lock.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files.OrderBy(f => f.Path, StringComparer.Ordinal))
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{file.Path}\0{file.Size}\0{file.Sha256}\0{file.Blake3}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public LockedFile? Find(string path) => Files.FirstOrDefault(f => f.Path == path);
}
