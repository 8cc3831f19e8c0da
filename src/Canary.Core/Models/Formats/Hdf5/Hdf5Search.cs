using System.Text.Json;
using Canary.Models.Formats.Configs;

namespace Canary.Models.Formats.Hdf5;

/// <summary>Searches bytes that could not be read for configurations of Keras, and for the words of those that run code.</summary>
internal static class Hdf5Search
{
    private const int BlockBytes = 1024 * 1024, MostConfigurations = 32, MostConfigurationBytes = 32 * 1024 * 1024;

    /// <summary>What is searched, in bytes.</summary>
    public const long MostSearched = 64L * 1024 * 1024 * 1024;

    private static readonly byte[][] Wanted =
    [
        [.. "{\"class_name\""u8], [.. "{\"module\""u8], [.. "\"Lambda\""u8], [.. "__lambda__"u8], [.. "TorchModuleWrapper"u8],
    ];

    public static void Run(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        if (bytes.Length > MostSearched)
            facts.Report("hdf5-too-large", ModelVerdict.Unknown, inspection.At(MostSearched), "the rest of the file was not searched");
        int overlap = Wanted.Max(w => w.Length) - 1;
        var parsed = new List<(long From, long To)>();
        byte[] block = new byte[(int)Math.Min(BlockBytes + overlap, bytes.Length)];
        for (long at = 0; at < Math.Min(bytes.Length, MostSearched); at += BlockBytes)
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            int read = bytes.ReadAt(at, block);
            foreach (byte[] wanted in Wanted)
            {
                for (int from = 0; from < read;)
                {
                    int found = block.AsSpan(from, read - from).IndexOf(wanted);
                    if (found < 0)
                        break;
                    long place = at + from + found;
                    from += found + wanted.Length;
                    // Within a configuration that was read, «Lambda» may be the name of a layer.
                    if (parsed.Any(p => place >= p.From && place < p.To))
                        continue;
                    if (wanted[0] != (byte)'{')
                        Word(wanted, place, facts, inspection);
                    else if (parsed.Count < MostConfigurations)
                        parsed.Add((place, Configuration(bytes, place, facts, inspection)));
                }
            }
        }

        if (parsed.Count == MostConfigurations)
            facts.Report("hdf5-too-large", ModelVerdict.Unknown, inspection.At(0), $"only the first {MostConfigurations} configurations were read");
    }

    // A configuration may lie in pieces, or be damaged on purpose: its words are enough.
    private static void Word(byte[] word, long at, ModelFacts facts, ModelInspection inspection)
    {
        if (word.AsSpan().SequenceEqual("\"Lambda\""u8) || word.AsSpan().SequenceEqual("__lambda__"u8))
            facts.Report("keras-lambda", ModelVerdict.Deny, inspection.At(at),
                "a layer is Python code, which Keras runs from HDF5 without asking (CVE-2025-9905)");
        else if (word.AsSpan().SequenceEqual("TorchModuleWrapper"u8))
            facts.Report("keras-torch-module", ModelVerdict.Deny, inspection.At(at),
                "a layer holds a pickle that PyTorch loads without restriction (CVE-2025-49655)");
    }

    private static long Configuration(ModelBytes bytes, long at, ModelFacts facts, ModelInspection inspection)
    {
        byte[] text = bytes.Read(at, (int)Math.Min(MostConfigurationBytes, bytes.Length - at));
        try
        {
            var reader = new Utf8JsonReader(text, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = 512 }));
            if (!JsonDocument.TryParseValue(ref reader, out var document))
                return at;
            using (document)
                new KerasConfig(facts, inspection).Walk(document.RootElement);
            return at + reader.BytesConsumed;
        }
        catch (JsonException)
        {
            facts.Report("config-broken", ModelVerdict.Unknown, inspection.At(at), "what begins like a configuration is none");
            return at;
        }
    }
}
