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
    public static IReadOnlyDictionary<string, byte[]> Cases { get; } = Unpacked();

    public static ModelFacts Inspect(string path, ImportPolicy? policy = null) => InspectBytes(path[(path.LastIndexOf('/') + 1)..], Cases[path], policy);

    public static ModelFacts InspectBytes(string name, byte[] bytes, ImportPolicy? policy = null)
    {
        var facts = new ModelFacts();
        Into(name, bytes, facts, new ModelInspection(policy ?? Policy, _ => null, TestContext));
        return facts;
    }

    private static CancellationToken TestContext => CancellationToken.None;

    private static void Into(string name, byte[] bytes, ModelFacts facts, ModelInspection inspection)
    {
        if (!bytes.AsSpan().StartsWith("PK\x03\x04"u8))
        {
            var held = new HeldBytes(name, bytes);
            if (ModelFormats.Of(held) is { } format)
            {
                facts.Format = format.Name;
                format.Inspect(held, facts, inspection);
            }
            else
            {
                facts.Report("no-format", ModelVerdict.Unknown, name, "no format claims it");
            }

            return;
        }

        facts.Format = "zip";
        using var zip = new ZipArchive(new MemoryStream(bytes));
        foreach (var entry in zip.Entries)
            inspection.Member(new HeldBytes(entry.FullName, Read(entry)), facts);
    }

    private static Dictionary<string, byte[]> Unpacked()
    {
        using var zip = ZipFile.OpenRead(Checkout.At("tests/fixtures/models/pickles.zip"));
        return zip.Entries.ToDictionary(e => e.FullName, Read, StringComparer.Ordinal);
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var into = new MemoryStream();
        stream.CopyTo(into);
        return into.ToArray();
    }
}
