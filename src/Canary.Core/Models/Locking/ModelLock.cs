using System.Globalization;
using System.Text;
using Canary.Hashing;

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

    /// <summary>
    /// What verdicts are bound to: BLAKE3 over all that a verification compares with, and nothing else. Another date alone makes no other
    /// lock.
    /// </summary>
    public string Digest()
    {
        var text = new StringBuilder();
        foreach (var file in Files.OrderBy(f => f.Path, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{file.Path}\0{file.Size}\0{file.Sha256}\0{file.Blake3}\n");
        return Blake3.Hex(text.ToString());
    }

    public LockedFile? Find(string path) => Files.FirstOrDefault(f => f.Path == path);
}
