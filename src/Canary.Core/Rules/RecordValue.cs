using System.Buffers;
using System.Text;
using System.Text.Json;
using Canary.Findings;
using Canary.Text;

namespace Canary.Rules;

/// <summary>A JSON value as the value of a field.</summary>
public static class RecordValue
{
    // A double holds every whole number up to here.
    private const double MostWhole = 9e15;

    /// <summary>Reads the value that the reader stands on, to its last token.</summary>
    /// <param name="json">What the reader was made of.</param>
    public static FieldValue Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return FieldValue.Of(Text(ref reader));
            case JsonTokenType.Number:
                return Number(ref reader);
            case JsonTokenType.True:
                return FieldValue.Of(true);
            case JsonTokenType.False:
                return FieldValue.Of(false);
            case JsonTokenType.StartArray:
                var list = new List<string>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    list.Add(reader.TokenType == JsonTokenType.String ? Text(ref reader) : Raw(ref reader, json));
                return FieldValue.Of([.. list]);
            case JsonTokenType.StartObject:
                return FieldValue.Of(Raw(ref reader, json));
            default:
                return FieldValue.Null;
        }
    }

    /// <summary>The string that the reader stands on. Bytes that are no UTF-8 stand as <c>\xNN</c>; half a surrogate pair stays one.</summary>
    public static string Text(ref Utf8JsonReader reader)
    {
        var bytes = reader.ValueSpan;
        bool lossy = false;
        if (!reader.ValueIsEscaped)
            return Utf8.Decode(bytes, ref lossy);
        if (bytes.IndexOf("\\ud"u8) >= 0 || bytes.IndexOf("\\uD"u8) >= 0 || !System.Text.Unicode.Utf8.IsValid(bytes))
            return Unescape(bytes);
        char[]? rented = null;
        var characters = bytes.Length <= 512 ? stackalloc char[512] : rented = ArrayPool<char>.Shared.Rent(bytes.Length);
        string text = new(characters[..reader.CopyString(characters)]);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
        return text;
    }

    private static FieldValue Number(ref Utf8JsonReader reader)
    {
        // A number that a double cannot hold, such as a 64-bit id, keeps its digits as text.
        bool isWhole = reader.TryGetInt64(out long whole);
        return isWhole && Math.Abs((double)whole) > MostWhole ? FieldValue.Of(Encoding.ASCII.GetString(reader.ValueSpan))
            : FieldValue.Of(isWhole ? whole : reader.GetDouble());
    }

    private static string Raw(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        bool lossy = false;
        return Utf8.Decode(json[start..(int)reader.BytesConsumed], ref lossy);
    }

    // What the library refuses: its own reading throws for each such string.
    private static string Unescape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        bool lossy = false;
        while (!bytes.IsEmpty)
        {
            int escape = bytes.IndexOf((byte)'\\');
            text.Append(Utf8.Decode(escape < 0 ? bytes : bytes[..escape], ref lossy));
            if (escape < 0)
                break;
            byte kind = bytes[escape + 1];
            bytes = bytes[(escape + 2)..];
            if (kind == 'u')
            {
                _ = System.Buffers.Text.Utf8Parser.TryParse(bytes[..4], out ushort code, out _, 'x');
                text.Append((char)code);
                bytes = bytes[4..];
                continue;
            }

            text.Append(kind switch
            {
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                _ => (char)kind,
            });
        }

        return text.ToString();
    }
}
