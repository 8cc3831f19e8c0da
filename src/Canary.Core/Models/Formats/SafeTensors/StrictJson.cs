using System.Text.Json;
using Canary.Text;

namespace Canary.Models.Formats.SafeTensors;

/// <summary>Words for reading JSON that two parsers must not understand differently: no key twice, nothing of another type than expected.</summary>
internal static class StrictJson
{
    /// <summary>Nothing that is read this way is deeper; the default of parsers is 64.</summary>
    public const int MostDepth = 8;

    public static readonly JsonReaderOptions Options = new() { MaxDepth = MostDepth, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Reads an object that begins at the reader, one key at a time, and leaves the reader on its end.</summary>
    /// <param name="member">Called with the reader on the value; must leave it on the value's last token.</param>
    public static void Object(ref Utf8JsonReader reader, string what, Member member)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException($"{what} is not an object");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            if (!seen.Add(key))
                throw new DuplicateKeyException(key);
            reader.Read();
            member(key, ref reader);
        }
    }

    public static string Text(ref Utf8JsonReader reader, string what) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException($"{what} is not a text");

    /// <summary>A whole number that is not negative, written as one.</summary>
    public static long Whole(ref Utf8JsonReader reader, string what) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) && number >= 0 ? number
            : throw new JsonException($"{what} is not a whole number");

    /// <summary>An array of whole numbers.</summary>
    public static List<long> Wholes(ref Utf8JsonReader reader, string what, int most)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException($"{what} is not an array");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (numbers.Count == most)
                throw new JsonException($"{what} has more than {most} numbers");
            numbers.Add(Whole(ref reader, what));
        }

        return numbers;
    }

    public delegate void Member(string key, ref Utf8JsonReader reader);

    /// <summary>Two parsers would take different ones of the two values.</summary>
    public sealed class DuplicateKeyException(string key) : Exception($"the key {Printable.Line(key, 80)} stands twice");
}
