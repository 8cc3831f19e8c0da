namespace Canary.Models.Formats;

/// <summary>Containers in which no loader expects a model and which are not unpacked here: their name is all that is said of them.</summary>
public sealed class ForeignContainerFormat : IModelFormat
{
    public string Name => "container";

    public bool Claims(ModelBytes bytes) => Kind(bytes) is not null;

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        string kind = Kind(bytes) ?? Name;
        if (inspection.Within.Length == 0)
            facts.Format = kind;
        facts.Report("container-not-read", ModelVerdict.Unknown, inspection.At(0), $"non-standard container ({kind}): what is in it was not read");
    }

    private static string? Kind(ModelBytes bytes) => bytes.Head switch
    {
        [(byte)'7', (byte)'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => "7z",
        [(byte)'R', (byte)'a', (byte)'r', (byte)'!', 0x1a, 0x07, 0 or 1, ..] => "rar",
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => "xz",
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => "bzip2",
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => "bzip2",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        [0x04, 0x22, 0x4d, 0x18, ..] or [0x02, 0x21, 0x4c, 0x18, ..] => "lz4",
        [0x5d, 0, 0, _, _, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ..] => "lzma",
        _ => null,
    };
}
