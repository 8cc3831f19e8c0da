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
    public static JsonMap ReadMap(SourceFile file, bool comments = false) =>
        Read(file, comments) as JsonMap ?? throw new UnreadableFileException(1, "not a JSON object");

    public static JsonPart Read(SourceFile file, bool comments = false)
    {
        var bytes = file.Bytes.Span;
        int mark = bytes.StartsWith("\uFEFF"u8) ? 3 : 0;
        var options = new JsonReaderOptions { MaxDepth = MostDepth, AllowTrailingCommas = comments, CommentHandling = comments ? JsonCommentHandling.Skip : JsonCommentHandling.Disallow };
        var reader = new Utf8JsonReader(bytes[mark..], options);
        int left = MostValues;
        try
        {
            if (!reader.Read())
                throw new UnreadableFileException(1, "the file is empty");
            var part = Part(ref reader, mark, ref left, file);
            if (reader.Read())
                throw new UnreadableFileException(file.LineOf(reader.TokenStartIndex + mark), "more than one JSON value");
            return part;
        }
        catch (JsonException)
        {
            throw new UnreadableFileException(file.LineOf(reader.BytesConsumed + mark), reader.CurrentDepth >= MostDepth - 1 ? $"nested deeper than {MostDepth} levels" : "not JSON from here on");
        }
    }

    private static JsonPart Part(ref Utf8JsonReader reader, int mark, ref int left, SourceFile file)
    {
        int offset = (int)reader.TokenStartIndex + mark;
        if (--left < 0)
            throw new UnreadableFileException(file.LineOf(offset), $"more than {MostValues:N0} values");
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new List<JsonMember>();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    int at = (int)reader.TokenStartIndex + mark;
                    string name = RecordValue.Text(ref reader);
                    reader.Read();
                    members.Add(new JsonMember(at, name, Part(ref reader, mark, ref left, file)));
                }

                return new JsonMap(offset, members);
            case JsonTokenType.StartArray:
                var items = new List<JsonPart>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(Part(ref reader, mark, ref left, file));
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
}
