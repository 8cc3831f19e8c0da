using System.IO.Compression;
using Canary.Models.Containers;

namespace Canary.Models.Formats;

/// <summary>A file in a stream of gzip or zlib, as joblib writes with <c>compress=</c>: unpacked into memory, within bounds, and inspected by its own format.</summary>
public sealed class CompressedFormat : IModelFormat
{
    private const int ProbeBytes = 256;
    private const byte PresetDictionary = 0x20;

    public string Name => "compressed";

    public bool Claims(ModelBytes bytes) => IsGzip(bytes.Head) || (IsZlib(bytes.Head) && Inflates(bytes));

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        using var stream = Open(bytes);
        var end = Unpacking.Unpack(stream, Unpacking.MostMemberBytes, inspection, out var unpacked);
        if (end == Unpacking.End.TooLarge)
            facts.Report("compressed-too-large", ModelVerdict.Unknown, inspection.At(0), $"only the first {unpacked.Length} bytes were unpacked and read");
        else if (end == Unpacking.End.Damaged)
            facts.Report("compressed-broken", ModelVerdict.Deny, inspection.At(0), $"the packed bytes are damaged after {unpacked.Length} bytes");
        string name = bytes.Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? bytes.Name[..^3] : bytes.Name;
        string? inner = StrayMember.Inspect(new HeldBytes(name, unpacked), facts, inspection)?.Name;
        if (inner == "pickle")
            facts.Format = inspection.Within.Length == 0 ? "joblib" : facts.Format;
        else
            facts.Report("container-not-standard", ModelVerdict.Unknown, inspection.At(0), "no loader of models unpacks this container by itself");
    }

    private static Stream Open(ModelBytes bytes) => IsGzip(bytes.Head)
        ? new GZipStream(bytes.OpenRead(), CompressionMode.Decompress)
        : new ZLibStream(bytes.OpenRead(), CompressionMode.Decompress);

    private static bool IsGzip(ReadOnlySpan<byte> head) => head is [0x1f, 0x8b, 8, ..];

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
}
