using System.Text.Json;
using Canary.Rules;

namespace Canary.Packages.Json;

/// <summary>
/// Reads a member's value by itself. The reader stands on the first token of the value and is left on its last; null has the value read
/// as any other, from its beginning.
/// </summary>
/// <param name="within">The name at the top under which the map stands.</param>
public delegate JsonPart? JsonMemberReader(ref Utf8JsonReader reader, string within, in JsonPlace place);

/// <param name="NameOffset">Of the name, in the file.</param>
/// <param name="Offset">Of the value, in the file.</param>
public readonly record struct JsonPlace(string Name, int NameOffset, int Offset);

/// <summary>Reads a JSON file whole, with the place of each value. Depth and number of values are bounded.</summary>
public static class JsonFile
{
    private const int MostDepth = 256;
    private const int MostValues = 5_000_000;

    /// <summary>Throws <see cref="UnreadableFileException"/> for what is not JSON, and where the file is not one object.</summary>
    /// <param name="comments">Comments and commas at the end of lists are allowed, as in JSONC.</param>
    /// <param name="ignored">Names whose values are passed over wherever they stand: of a long lockfile the better half is of no use.</param>
    /// <param name="members">Reads members of maps that stand at the top under a name by itself: of a long lockfile nothing else is made.</param>
    public static JsonMap ReadMap(SourceFile file, bool comments = false, IReadOnlyList<string>? ignored = null, JsonMemberReader? members = null) =>
        Read(file, comments, ignored, members) as JsonMap ?? throw new UnreadableFileException(1, "not a JSON object");

    public static JsonPart Read(SourceFile file, bool comments = false, IReadOnlyList<string>? ignored = null, JsonMemberReader? members = null)
    {
        var bytes = file.Bytes.Span;
        int mark = bytes.StartsWith("\uFEFF"u8) ? 3 : 0;
        var options = new JsonReaderOptions { MaxDepth = MostDepth, AllowTrailingCommas = comments, CommentHandling = comments ? JsonCommentHandling.Skip : JsonCommentHandling.Disallow };
        var reader = new Utf8JsonReader(bytes[mark..], options);
        var parts = new Parts(file, mark, ignored, members);
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
    private sealed class Parts(SourceFile file, int mark, IReadOnlyList<string>? ignored, JsonMemberReader? own)
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
                members.Add(new JsonMember(at, name, (within is null ? null : Own(ref reader, within, name, at)) ?? Read(ref reader, isTop ? name : null)));
            }

            return [.. members];
        }

        private JsonPart? Own(ref Utf8JsonReader reader, string within, string name, int at)
        {
            if (own is null)
                return null;
            var before = reader;
            var part = own(ref reader, within, new JsonPlace(name, at, (int)reader.TokenStartIndex + mark));
            if (part is null)
                reader = before;
            return part;
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
