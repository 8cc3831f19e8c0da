using System.Text.Json.Nodes;
using Canary.Yaml;
using NJsonSchema;

namespace Canary.Tests.Support;

/// <summary>YAML as an editor sees it: read by YAML's core schema, then judged by a JSON schema.</summary>
internal static class JsonSchemas
{
    public static JsonSchema Read(string text) => JsonSchema.FromJsonAsync(text).GetAwaiter().GetResult();

    /// <summary>What the schema finds in each document, as place and kind.</summary>
    public static IEnumerable<string> Faults(this JsonSchema schema, string yaml) =>
        YamlReader.ReadAll(yaml, "x.yml", new Diagnostics()).SelectMany(schema.Faults);

    public static IEnumerable<string> Faults(this JsonSchema schema, YamlNode document) =>
        schema.Validate(Json(document)?.ToJsonString() ?? "null").Select(e => $"{e.Path} {e.Kind}");

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMap map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key.Text, Json(e.Value)))),
        YamlList list => new JsonArray([.. list.Items.Select(Json)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar scalar when scalar.AsBoolean() is { } truth => JsonValue.Create(truth),
        YamlScalar scalar when scalar.AsInteger() is { } whole => JsonValue.Create(whole),
        YamlScalar scalar when scalar.AsNumber() is { } number => JsonValue.Create(number),
        _ => JsonValue.Create(((YamlScalar)node).Text),
    };
}
