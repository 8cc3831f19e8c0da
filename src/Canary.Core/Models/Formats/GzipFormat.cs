using System.IO.Compression;
using Canary.Models.Containers;

namespace Canary.Models.Formats;

/// <summary>A file within gzip: unpacked into memory, within bounds, and inspected by its own format.</summary>
public sealed class GzipFormat : IModelFormat
{
    public string Name => "gzip";

    public bool Claims(ModelBytes bytes) => bytes.Head is [0x1f, 0x8b, 8, ..];

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        using var stream = new GZipStream(bytes.OpenRead(), CompressionMode.Decompress);
        var end = Unpacking.Unpack(stream, Unpacking.MostMemberBytes, inspection, out var unpacked);
        if (end == Unpacking.End.TooLarge)
            facts.Report("gzip-too-large", ModelVerdict.Unknown, inspection.At(0), $"only the first {unpacked.Length} bytes were unpacked and read");
        else if (end == Unpacking.End.Damaged)
            facts.Report("gzip-broken", ModelVerdict.Deny, inspection.At(0), $"the packed bytes are damaged after {unpacked.Length} bytes");
        string name = bytes.Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? bytes.Name[..^3] : bytes.Name;
        StrayMember.Inspect(new HeldBytes(name, unpacked), facts, inspection);
    }
}
