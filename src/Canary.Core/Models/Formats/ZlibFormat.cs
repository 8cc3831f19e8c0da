using System.IO.Compression;

namespace Canary.Models.Formats;

/// <summary>A pickle in a stream of zlib, as joblib writes with <c>compress=</c>: unpacked into memory, within bounds.</summary>
public sealed class ZlibFormat : IModelFormat
{
    /// <summary>What is unpacked of one stream, in bytes: it is held in memory.</summary>
    public const int MostUnpacked = 256 * 1024 * 1024;

    private const int ProbeBytes = 256;
    private const byte PresetDictionary = 0x20;

    public string Name => "zlib";

    // Two bytes are little of a mark: what follows must unpack. With a preset dictionary, which nobody has, the platform fails as a medium does.
    public bool Claims(ModelBytes bytes) => bytes.Head is [0x78, var flags, ..] && ((0x78 << 8) | flags) % 31 == 0 && (flags & PresetDictionary) == 0
        && Inflates(bytes);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        try
        {
            Unpack(bytes, facts, inspection);
        }
        catch (InvalidDataException)
        {
            facts.Report("zlib-broken", ModelVerdict.Deny, inspection.At(0), "the packed bytes are damaged");
        }
    }

    private static void Unpack(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        var (length, whole) = Measure(bytes, inspection.Cancel);
        if (!inspection.Spend(length))
        {
            facts.Report("zlib-too-large", ModelVerdict.Unknown, inspection.At(0), "more is packed in this file than is unpacked of one");
            return;
        }

        byte[] unpacked = new byte[length];
        using (var stream = Open(bytes))
            stream.ReadAtLeast(unpacked, length, throwOnEndOfStream: false);
        var inner = inspection.Member(new HeldBytes("unpacked", unpacked), facts);
        if (inner is not PickleFormat)
            facts.Report("zlib-unknown", ModelVerdict.Unknown, inspection.At(0), "what is packed is no pickle, and no loader unpacks anything else by itself");
        else if (inspection.Within.Length == 0)
            facts.Format = "joblib";
        if (!whole)
            facts.Report("zlib-too-large", ModelVerdict.Unknown, inspection.At(0), $"only the first {MostUnpacked / 1024 / 1024} MiB were unpacked and read");
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

    private static ZLibStream Open(ModelBytes bytes) => new(bytes.OpenRead(), CompressionMode.Decompress);

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
}
