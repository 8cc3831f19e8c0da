using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Canary.Text;

/// <summary>
/// Pieces of JSON schemas. Draft 7, because the YAML language server, which completes in editors, reads no later one; of it only what
/// draft 4 had, too, but for the names.
/// </summary>
public static class SchemaNode
{
    /// <summary>Durations as <see cref="Duration"/> reads them.</summary>
    public const string DurationPattern = "^[0-9]{1,12}(ms|s|m|h|d)$";

    /// <summary>Sizes as <see cref="ByteSize"/> reads them.</summary>
    public const string SizePattern = "^[0-9]{1,9}(KiB|MiB|GiB|KB|MB|GB)$";

    /// <summary>What YAML may write for a text: a number or a truth without quotes is one, too.</summary>
    public static JsonObject Scalar() => new() { ["type"] = Words("string", "number", "boolean") };

    public static JsonObject Type(string type) => new() { ["type"] = type };

    public static JsonObject Pattern(string pattern, string description) => new() { ["type"] = "string", ["pattern"] = pattern, ["description"] = description };

    public static JsonObject OneOf(IEnumerable<string> words) => new() { ["enum"] = Words([.. words]) };

    public static JsonObject ListOf(JsonNode items, int least = 0)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = items };
        if (least > 0)
            list["minItems"] = least;
        return list;
    }

    /// <summary>One, or a list of at least one.</summary>
    public static JsonObject OneOrMore(JsonObject item) => AnyOf(item, ListOf(item.DeepClone(), least: 1));

    public static JsonObject AnyOf(params JsonNode[] ways) => new() { ["anyOf"] = new JsonArray(ways) };

    public static JsonObject Named(string definition) => new() { ["$ref"] = "#/definitions/" + definition };

    /// <summary>A map that has no other keys than these.</summary>
    public static JsonObject Map(params (string Key, JsonNode Value)[] properties)
    {
        var map = new JsonObject();
        foreach (var (key, value) in properties)
            map[key] = value;
        return new JsonObject { ["type"] = "object", ["properties"] = map, ["additionalProperties"] = false };
    }

    public static JsonArray Words(params string[] words) => [.. words.Select(w => (JsonNode)w)];

    /// <summary>As a file holds it.</summary>
    public static string Print(JsonObject schema)
    {
        using var bytes = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(bytes, options))
            schema.WriteTo(writer);
        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }
}
