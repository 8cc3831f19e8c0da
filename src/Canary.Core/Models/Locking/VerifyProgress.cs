using System.Text;
using Canary.Hashing;

namespace Canary.Models.Locking;

/// <summary>Where a verification was when it was stopped: for each file its key, its BLAKE3 and the chunks that were good.</summary>
/// <param name="path">Below the state directory; one for each lock.</param>
public sealed class VerifyProgress(string path)
{
    private const string Head = "canary-verify 1";

    // A bit a chunk: 8 TiB of models.
    private const int MostBytes = 4 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _earlier = new(StringComparer.Ordinal);

    /// <summary>Files that went on where they were.</summary>
    public int Resumed { get; private set; }

    /// <summary>Takes what an earlier run left. What is not whole is not there.</summary>
    public void Load()
    {
        _earlier.Clear();
        if (StateFile.Read(path, MostBytes) is not { } text || text.LastIndexOf("\nend ", StringComparison.Ordinal) is not (> 0 and int end))
            return;
        string[] lines = text[..end].Split('\n');
        if (lines[0] != Head || text[(end + 5)..].TrimEnd('\n') != Sum(text[..end]))
            return;
        foreach (string[] parts in lines.Skip(1).Select(l => l.Split('\t')).Where(p => p.Length == 2))
            _earlier[parts[0]] = parts[1];
    }

    /// <summary>There is nothing to go on with.</summary>
    public void Forget()
    {
        try
        {
            if (File.Exists(path))
                File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It says only what is so.
        }
    }

    internal void Take(FileKey key, LockedFile file, ChunkBits good)
    {
        lock (_gate)
        {
            if (!_earlier.TryGetValue(NameOf(key, file), out string? base64))
                return;
            byte[] bits = new byte[base64.Length];
            if (Convert.TryFromBase64String(base64, bits, out int length) && good.Take(bits.AsSpan(0, length)))
                Resumed++;
        }
    }

    internal void Save(IReadOnlyList<FileCheck> checks)
    {
        lock (_gate)
        {
            var text = new StringBuilder(Head);
            foreach (var check in checks)
            {
                if (check.Progress is var (key, good))
                    text.Append('\n').Append(NameOf(key, check.File)).Append('\t').Append(Convert.ToBase64String(good.ToBytes()));
            }

            string body = text.ToString();
            StateFile.Write(path, $"{body}\nend {Sum(body)}\n");
        }
    }

    private static string NameOf(FileKey key, LockedFile file) => $"{key.Word} {file.Blake3}";

    private static string Sum(string text) => Blake3.Hex(text);
}
