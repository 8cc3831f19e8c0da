using System.Text.Json;
using Canary.Text;

namespace Canary.Models.Provenance;

/// <summary>JSON of strangers: bounded in depth, no key twice, and never an exception.</summary>
internal static class StrictJson
{
    private const int MostDepth = 64;

    /// <summary>Null, with a fault, where it is none.</summary>
    public static JsonDocument? Parse(HashSearch search, string name, byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MostDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            search.Faults.Add(name, (int)Math.Min(e.LineNumber + 1 ?? 0, int.MaxValue), (int)Math.Min(e.BytePositionInLine + 1 ?? 0, int.MaxValue), "no JSON: " + Printable.Line(e.Message, 200));
            return null;
        }
    }

    public static JsonElement? Get(this JsonElement element, string key) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) ? value : null;

    public static string? Text(this JsonElement element, string key) => element.Get(key) is { } value ? value.AsText() : null;

    public static string? AsText(this JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }

    public static long? Whole(this JsonElement element, string key) => element.Get(key) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long value) && value >= 0 ? value : null;

    /// <summary>The entries of a list; none where it is no list.</summary>
    public static IEnumerable<JsonElement> Entries(this JsonElement? element) => element is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
