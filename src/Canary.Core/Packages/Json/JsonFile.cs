using System.Text.Json;
using Canary.Rules;

namespace Canary.Packages.Json;

/// <summary>Reads a JSON file whole, with the place of each value. Depth and number of values are bounded.</summary>
public static class JsonFile
{
    private const int MostDepth = 256;
    private const int MostValues = 5_000_000;

    /// <summary>Throws <see cref="UnreadableFileException"/> for what is not JSON, and where the file is not one object.</summary>
    /// <param name="comments">Comments and commas at the end of lists are allowed, as in JSONC.</param>
    /// <param name="ignored">Names whose values are passed over wherever they stand: of a long lockfile the better half is of no use.</param>
    /// <param name="made">What is kept for a member of a map that stands at the top under a name: a long lockfile need not be held whole.</param>
    public static JsonMap ReadMap(SourceFile file, bool comments = false, IReadOnlyList<string>? ignored = null, Func<string, JsonMember, JsonPart>? made = null) =>
        Read(file, comments, ignored, made) as JsonMap ?? throw new UnreadableFileException(1, "not a JSON object");

    public static JsonPart Read(SourceFile file, bool comments = false, IReadOnlyList<string>? ignored = null, Func<string, JsonMember, JsonPart>? made = null)
    {
        var bytes = file.Bytes.Span;
        int mark = bytes.StartsWith("\uFEFF"u8) ? 3 : 0;
        var options = new JsonReaderOptions { MaxDepth = MostDepth, AllowTrailingCommas = comments, CommentHandling = comments ? JsonCommentHandling.Skip : JsonCommentHandling.Disallow };
        var reader = new Utf8JsonReader(bytes[mark..], options);
        var parts = new Parts(file, mark, ignored, made);
        try
        {
            if (!reader.Read())
                throw new UnreadableFileException(1, "the file is empty");
            var part = parts.Read(ref reader, null);
            if (reader.Read())
                throw new UnreadableFileException(file.LineOf(reader.TokenStartIndex + mark), "more than one JSON value");
            return part;
        }
        catch (JsonException)
        {
            throw new UnreadableFileException(file.LineOf(reader.BytesConsumed + mark), reader.CurrentDepth >= MostDepth - 1 ? $"nested deeper than {MostDepth} levels" : "not JSON from here on");
        }
    }

    /// <summary>The values of one file.</summary>
    private sealed class Parts(SourceFile file, int mark, IReadOnlyList<string>? ignored, Func<string, JsonMember, JsonPart>? made)
    {
        // Thousands of entries have the same few names.
        private readonly string?[] _names = new string?[64];
        private int _left = MostValues;

        /// <param name="within">The name of the map at the top that this value is; null for any other.</param>
        public JsonPart Read(ref Utf8JsonReader reader, string? within)
        {
            int offset = (int)reader.TokenStartIndex + mark;
            if (--_left < 0)
                throw new UnreadableFileException(file.LineOf(offset), $"more than {MostValues:N0} values");
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    return new JsonMap(offset, Members(ref reader, within));
                case JsonTokenType.StartArray:
                    var items = new List<JsonPart>();
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                        items.Add(Read(ref reader, null));
                    return new JsonList(offset, items);
                case JsonTokenType.String:
                    return new JsonText(offset, RecordValue.Text(ref reader));
                case JsonTokenType.Number:
                    return new JsonNumber(offset, System.Text.Encoding.ASCII.GetString(reader.ValueSpan));
                case JsonTokenType.True or JsonTokenType.False:
                    return new JsonTruth(offset, reader.TokenType == JsonTokenType.True);
                default:
                    return new JsonNull(offset);
            }
        }

        private JsonMember[] Members(ref Utf8JsonReader reader, string? within)
        {
            var members = new List<JsonMember>();
            bool isTop = reader.CurrentDepth == 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int at = (int)reader.TokenStartIndex + mark;
                if (ignored is not null && IsOneOf(ref reader, ignored))
                {
                    reader.Skip();
                    continue;
                }

                string name = Name(ref reader);
                reader.Read();
                var member = new JsonMember(at, name, Read(ref reader, isTop ? name : null));
                members.Add(within is null || made is null ? member : member with { Value = made(within, member) });
            }

            return [.. members];
        }

        private string Name(ref Utf8JsonReader reader)
        {
            var bytes = reader.ValueSpan;
            if (bytes.IsEmpty)
                return "";
            ref string? known = ref _names[(bytes.Length + (bytes[0] * 7) + (bytes[^1] * 31)) & 63];
            if (known is not null && reader.ValueTextEquals(known))
                return known;
            string name = RecordValue.Text(ref reader);
            // Places of packages are all different, and would push the others out.
            if (name.Length <= 24 && !name.Contains('/', StringComparison.Ordinal))
                known = name;
            return name;
        }

        private static bool IsOneOf(ref Utf8JsonReader reader, IReadOnlyList<string> names)
        {
            for (int i = 0; i < names.Count; i++)
            {
                if (reader.ValueTextEquals(names[i]))
                    return true;
            }

            return false;
        }
    }
}
