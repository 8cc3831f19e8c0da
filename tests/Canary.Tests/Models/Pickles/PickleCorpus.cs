using System.Formats.Tar;
using System.IO.Compression;
using Canary.Models;
using Canary.Models.Pickles;
using Canary.Tests.Support;

namespace Canary.Tests.Models.Pickles;

/// <summary>The pickles of tests/fixtures/models, unpacked into memory. None is ever loaded by Python, and the malicious ones say inert words.</summary>
internal static class PickleCorpus
{
    public static ImportPolicy Policy { get; } = ImportPolicy.BuiltIn();

    /// <summary>By path: the folder says what it is.</summary>
    public static IReadOnlyDictionary<string, byte[]> Cases { get; } = ZippedFiles.At("tests/fixtures/models/pickles.zip");

    public static ModelFacts Inspect(string path, ImportPolicy? policy = null) => InspectBytes(path[(path.LastIndexOf('/') + 1)..], Cases[path], policy);

    public static ModelFacts InspectBytes(string name, byte[] bytes, ImportPolicy? policy = null)
    {
        var facts = new ModelFacts();
        Into(name, bytes, facts, new ModelInspection(policy ?? Policy, _ => null, CancellationToken.None));
        return facts;
    }

    private static bool IsZip(ReadOnlySpan<byte> bytes) => bytes.StartsWith("PK\x03\x04"u8);

    private static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes is [0x1f, 0x8b, ..];

    private static bool IsTar(ReadOnlySpan<byte> bytes) => bytes.Length > 512 && bytes[257..].StartsWith("ustar"u8);

    // The containers are unpacked by the platform, so that what is measured here is the reading of pickles alone.
    private static void Into(string name, byte[] bytes, ModelFacts facts, ModelInspection inspection)
    {
        if (IsZip(bytes))
        {
            facts.Format = "zip";
            using var zip = new ZipArchive(new MemoryStream(bytes));
            foreach (var entry in zip.Entries)
                inspection.Member(new HeldBytes(entry.FullName, ZippedFiles.Read(entry)), facts);
        }
        else if (IsGzip(bytes))
        {
            using var stream = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var into = new MemoryStream();
            stream.CopyTo(into);
            Into("unpacked", into.ToArray(), facts, inspection);
        }
        else if (IsTar(bytes))
        {
            facts.Format = "tar";
            using var reader = new TarReader(new MemoryStream(bytes));
            while (reader.GetNextEntry() is { } entry)
            {
                using var into = new MemoryStream();
                entry.DataStream!.CopyTo(into);
                inspection.Member(new HeldBytes(entry.Name, into.ToArray()), facts);
            }
        }
        else if (ModelFormats.Of(new HeldBytes(name, bytes)) is { } format)
        {
            facts.Format = format.Name;
            format.Inspect(new HeldBytes(name, bytes), facts, inspection);
        }
        else
        {
            facts.Report("no-format", ModelVerdict.Unknown, name, "no format claims it");
        }
    }
}
