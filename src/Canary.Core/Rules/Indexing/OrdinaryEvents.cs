using System.Buffers.Binary;
using System.Text;

namespace Canary.Rules.Indexing;

/// <summary>
/// What ordinary events look like, from a small sample that ships with Canary. It steers where the index looks first and never what a
/// rule matches: with any other sample the answers are the same, only slower.
/// </summary>
internal static class OrdinaryEvents
{
    private static readonly Lazy<RecordSubject[]> Sample = new(Read);
    private static readonly Lazy<Dictionary<int, int>> Grams = new(Count);

    public static IReadOnlyList<RecordSubject> All => Sample.Value;

    /// <summary>How often four bytes stand in the sample, plus a little for how common each of them is in any text.</summary>
    /// <param name="sampled">Ask the sample, which takes milliseconds to read.</param>
    public static double Frequency(ReadOnlySpan<byte> four, bool sampled) =>
        (sampled ? Grams.Value.GetValueOrDefault(Key(four)) : 0) + (Common(four[0]) * Common(four[1]) * Common(four[2]) * Common(four[3]));

    private static double Common(byte b) => b switch
    {
        (byte)' ' or (byte)'\\' or (byte)'/' or (byte)'.' or (byte)'-' or (byte)'E' or (byte)'S' or (byte)'T' => 0.9,
        (byte)'J' or (byte)'Q' or (byte)'Z' or (byte)'X' or (byte)'K' => 0.3,
        >= (byte)'A' and <= (byte)'Z' => 0.7,
        >= (byte)'0' and <= (byte)'9' => 0.8,
        _ => 0.25,
    };

    private static int Key(ReadOnlySpan<byte> four) => BinaryPrimitives.ReadInt32LittleEndian(four);

    private static RecordSubject[] Read()
    {
        using var stream = typeof(OrdinaryEvents).Assembly.GetManifestResourceStream("rules-index/ordinary-events.ndjson")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return [.. EventRecords.Read(reader.ReadToEnd(), default)];
    }

    private static Dictionary<int, int> Count()
    {
        var counts = new Dictionary<int, int>();
        var folded = new FoldedText();
        foreach (var e in All)
        {
            foreach (var field in e.Names)
            {
                folded.Fold(e.Get(field).ToString());
                var text = folded.Text;
                for (int i = 0; i + 4 <= text.Length; i++)
                    counts[Key(text[i..])] = counts.GetValueOrDefault(Key(text[i..])) + 1;
            }
        }

        return counts;
    }
}
