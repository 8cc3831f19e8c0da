using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Canary.Models.Formats.Configs;

/// <summary>JSON as Python reads it: with a byte-order mark, <c>NaN</c> and <c>Infinity</c>, and with strings that are no Unicode.</summary>
internal static class JsonText
{
    /// <summary>Of one configuration. The largest seen have some hundred KiB.</summary>
    public const int MostBytes = 64 * 1024 * 1024;

    private const int MostDepth = 512;

    /// <summary>Null where it is no JSON, or too large; that is reported.</summary>
    public static JsonDocument? Parse(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        if (bytes.Length > MostBytes)
        {
            facts.Report("config-too-large", ModelVerdict.Unknown, inspection.At(bytes.Name),
                $"a configuration of more than {MostBytes} bytes is not read");
            return null;
        }

        byte[] text = bytes.Read(0, MostBytes);
        int start = text is [0xef, 0xbb, 0xbf, ..] ? 3 : 0;
        Tame(text);
        try
        {
            return JsonDocument.Parse(text.AsMemory(start), new JsonDocumentOptions { MaxDepth = MostDepth });
        }
        catch (JsonException e)
        {
            facts.Report("config-broken", ModelVerdict.Unknown, inspection.At(bytes.Name), $"the configuration is no JSON (line {e.LineNumber + 1})");
            return null;
        }
    }

    /// <summary>Properties, also those whose name is no Unicode: .NET throws for these, and would hide what follows.</summary>
    public static IEnumerable<(string Name, JsonElement Value)> Properties(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (var property in element.EnumerateObject())
            yield return (Name(property), property.Value);
    }

    /// <summary>The last of that name, as Python takes it.</summary>
    public static JsonElement? Find(JsonElement element, string name)
    {
        JsonElement? found = null;
        foreach (var (key, value) in Properties(element))
            found = key == name ? value : found;
        return found;
    }

    /// <summary>The text of a string; null for what is none.</summary>
    public static string? Text(JsonElement? element)
    {
        if (element is not { ValueKind: JsonValueKind.String } text)
            return null;
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(text)).Trim('"');
        }
    }

    public static string? Text(JsonElement element, string name) => Text(Find(element, name));

    private static string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "\ufffd";
        }
    }

    // Python's own words for numbers become zero. They stand outside of strings only.
    private static void Tame(Span<byte> text)
    {
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte c = text[i];
            if (quoted && c == '\\')
                i++;
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && c is ((byte)'N' or (byte)'I'))
                i += Zero(text[i..], "NaN"u8) + Zero(text[i..], "Infinity"u8);
        }
    }

    private static int Zero(Span<byte> text, ReadOnlySpan<byte> word)
    {
        if (!text.StartsWith(word))
            return 0;
        text[0] = (byte)'0';
        text[1..word.Length].Fill((byte)' ');
        return word.Length - 1;
    }
}
