using System.IO.Compression;

namespace Canary.Models.Formats;

/// <summary>
/// A model in a compressed stream, as joblib writes with <c>compress=</c>. zlib and gzip are unpacked into memory; what is in bzip2, LZMA, xz, LZ4,
/// Zstandard, 7z and RAR is not read, and that is said.
/// </summary>
public sealed class CompressedFormat : IModelFormat
{
    /// <summary>What is unpacked of one stream, in bytes: it is held in memory.</summary>
    public const int MostUnpacked = 256 * 1024 * 1024;

    private const int ProbeBytes = 256;
    private const byte PresetDictionary = 0x20;

    private static readonly (byte[] Magic, string Word)[] Named =
    [
        ([(byte)'B', (byte)'Z', (byte)'h'], "bzip2"),
        ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], "xz"),
        ([0x5d, 0, 0], "LZMA"),
        ([0x04, 0x22, 0x4d, 0x18], "LZ4"),
        ([0x28, 0xb5, 0x2f, 0xfd], "Zstandard"),
        ([(byte)'7', (byte)'z', 0xbc, 0xaf, 0x27, 0x1c], "7z"),
        ([(byte)'R', (byte)'a', (byte)'r', (byte)'!', 0x1a, 0x07], "RAR"),
    ];

    public string Name => "compressed";

    public bool Claims(ModelBytes bytes) => NotRead(bytes.Head) is not null || (IsZlib(bytes.Head) && Inflates(bytes)) || IsGzip(bytes.Head);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        if (NotRead(bytes.Head) is { } word)
        {
            facts.Report("container-not-read", ModelVerdict.Unknown, inspection.At(0), $"it is packed with {word}, which is not unpacked: what is in it was not seen");
            return;
        }

        try
        {
            Unpack(bytes, facts, inspection);
        }
        catch (InvalidDataException)
        {
            facts.Report("compressed-broken", ModelVerdict.Deny, inspection.At(0), "the compressed stream breaks");
        }
    }

    private static void Unpack(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        var (length, whole) = Measure(bytes, inspection.Cancel);
        if (!inspection.Spend(length))
        {
            facts.Report("compressed-too-large", ModelVerdict.Unknown, inspection.At(0), "more is packed in this file than is unpacked of one; the rest was not seen");
            return;
        }

        byte[] unpacked = new byte[length];
        using (var stream = Open(bytes))
            stream.ReadAtLeast(unpacked, length, throwOnEndOfStream: false);
        string? inner = inspection.Member(new HeldBytes("unpacked", unpacked), facts)?.Name;
        if (inner is null)
            facts.Report("compressed-unknown", ModelVerdict.Unknown, inspection.At(0), "what is in the compressed stream is no known format");
        else if (inner != "pickle")
            facts.Report("container-not-standard", ModelVerdict.Unknown, inspection.At(0), "no loader of models unpacks this container by itself");
        else if (inspection.Within.Length == 0)
            facts.Format = "joblib";
        if (!whole)
            facts.Report("compressed-too-large", ModelVerdict.Unknown, inspection.At(0), $"more than {MostUnpacked / 1024 / 1024} MiB are packed in it; the rest was not seen");
    }

    // Twice over the stream costs time, but no memory beyond what is there.
    private static (int Length, bool Whole) Measure(ModelBytes bytes, CancellationToken cancel)
    {
        using var stream = Open(bytes);
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (stream.Read(buffer) is > 0 and int read)
        {
            cancel.ThrowIfCancellationRequested();
            if (read > MostUnpacked - length)
                return (MostUnpacked, false);
            length += read;
        }

        return (length, true);
    }

    private static Stream Open(ModelBytes bytes) => IsGzip(bytes.Head)
        ? new GZipStream(bytes.OpenRead(), CompressionMode.Decompress)
        : new ZLibStream(bytes.OpenRead(), CompressionMode.Decompress);

    private static bool IsGzip(ReadOnlySpan<byte> head) => head.Length >= 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8;

    // With a preset dictionary, which nobody has, the platform fails as a medium does.
    private static bool IsZlib(ReadOnlySpan<byte> head) =>
        head.Length >= 2 && head[0] == 0x78 && ((head[0] << 8) | head[1]) % 31 == 0 && (head[1] & PresetDictionary) == 0;

    // Two bytes are little of a mark: what follows must unpack.
    private static bool Inflates(ModelBytes bytes)
    {
        try
        {
            using var stream = Open(bytes);
            Span<byte> probe = stackalloc byte[ProbeBytes];
            return stream.ReadAtLeast(probe, ProbeBytes, throwOnEndOfStream: false) > 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static string? NotRead(ReadOnlySpan<byte> head)
    {
        foreach (var (magic, word) in Named)
        {
            if (head.StartsWith(magic))
                return word;
        }

        return null;
    }
}
