using System.Text.Json;
using Canary.Findings;
using Canary.Rules;

namespace Canary.Replay;

/// <summary>Reads field values, and keeps the last short text of each field: host, channel, user and image repeat from event to event.</summary>
internal sealed class FieldValues
{
    private const int MostKept = 160;

    private readonly List<Kept> _kept = [];

    public FieldValue Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, int number)
    {
        var spelling = reader.ValueSpan;
        if (reader.TokenType != JsonTokenType.String || spelling.Length > MostKept)
            return RecordValue.Read(ref reader, json);
        while (_kept.Count <= number)
            _kept.Add(new Kept());
        var kept = _kept[number];
        if (!spelling.SequenceEqual(kept.Spelling.AsSpan(0, kept.Length)))
        {
            kept.Value = FieldValue.Of(RecordValue.Text(ref reader));
            kept.Length = spelling.Length;
            if (kept.Spelling.Length < spelling.Length)
                kept.Spelling = new byte[MostKept];
            spelling.CopyTo(kept.Spelling);
        }

        return kept.Value;
    }

    private sealed class Kept
    {
        public byte[] Spelling { get; set; } = [];

        public int Length { get; set; }

        public FieldValue Value { get; set; } = FieldValue.Of("");
    }
}
