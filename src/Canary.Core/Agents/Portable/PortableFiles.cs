using System.Security.Cryptography;
using Canary.Findings;

namespace Canary.Agents.Portable;

/// <summary>
/// What files of Windows say of themselves, and their hashes: read when a rule asks, and remembered while size and time of the file
/// stay the same. Not for a callback of the kernel's: it reads files. Safe for several threads.
/// </summary>
public sealed class PortableFiles
{
    /// <summary>A larger file is not hashed: events wait meanwhile.</summary>
    public const long MostHashed = 64L << 20;

    private const int MostRemembered = 2048;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Null for a file that is no portable executable, is gone, or may not be read.</summary>
    public PeFacts? FactsOf(string path)
    {
        var entry = Of(path);
        if (entry is null)
            return null;
        lock (entry)
        {
            if (!entry.FactsRead)
                entry.Facts = WithFile(path, entry, PeFacts.Read);
            entry.FactsRead = true;
            return entry.Facts;
        }
    }

    /// <summary>As Sysmon writes it: <c>SHA256=</c> and capital letters. Null where <see cref="FactsOf"/> is, and for very large files.</summary>
    public string? HashesOf(string path)
    {
        var entry = Of(path);
        if (entry is null || entry.Size > MostHashed)
            return null;
        lock (entry)
        {
            if (!entry.Hashed)
                entry.Hashes = WithFile(path, entry, file => $"SHA256={Convert.ToHexString(SHA256.HashData(file))}");
            entry.Hashed = true;
            return entry.Hashes;
        }
    }

    /// <summary>The value of one of Sysmon's fields about a file; absent for any other field. <see cref="PeFacts.SignatureStatus"/> is never «Valid»: only Windows can say that.</summary>
    public FieldValue Field(string path, int field) => field switch
    {
        Fields.FileVersion => FieldValue.Of(FactsOf(path)?.FileVersion),
        Fields.Description => FieldValue.Of(FactsOf(path)?.Description),
        Fields.Product => FieldValue.Of(FactsOf(path)?.Product),
        Fields.Company => FieldValue.Of(FactsOf(path)?.Company),
        Fields.OriginalFileName => FieldValue.Of(FactsOf(path)?.OriginalFileName),
        Fields.Signature => FieldValue.Of(FactsOf(path)?.Signer),
        Fields.SignatureStatus => FieldValue.Of(FactsOf(path)?.SignatureStatus),
        Fields.Signed => FactsOf(path) is { } facts ? FieldValue.Of(facts.HasSignature) : default,
        Fields.Hashes => FieldValue.Of(HashesOf(path)),
        _ => default,
    };

    private Entry? Of(string path)
    {
        FileInfo file;
        try
        {
            file = new FileInfo(path);
            if (!file.Exists)
                return null;
            lock (_lock)
            {
                if (_entries.TryGetValue(path, out var known) && known.Size == file.Length && known.Changed == file.LastWriteTimeUtc.Ticks)
                    return known;
                if (_entries.Count >= MostRemembered)
                    _entries.Clear();
                return _entries[path] = new Entry(file.Length, file.LastWriteTimeUtc.Ticks);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static T? WithFile<T>(string path, Entry entry, Func<FileStream, T?> read)
        where T : class
    {
        try
        {
            // A program that runs may be renamed or deleted meanwhile: we stand in nobody's way.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 16 * 1024);
            return file.Length == entry.Size ? read(file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private sealed class Entry(long size, long changed)
    {
        public long Size { get; } = size;
        public long Changed { get; } = changed;
        public bool FactsRead { get; set; }
        public PeFacts? Facts { get; set; }
        public bool Hashed { get; set; }
        public string? Hashes { get; set; }
    }
}
