using System.Text.Json.Nodes;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Config;

/// <summary>The JSON schema of canary.yml, made of the keys that its reader asks for.</summary>
public static class ConfigSchema
{
    public static string Text()
    {
        var keys = new List<ConfigKey>();
        ConfigReader.Read("", "canary.yml", new Diagnostics(), keys);
        var root = SchemaNode.Map();
        foreach (var key in keys)
            Place(root, key);
        Require(root, "agents", "name");
        Require(root, "scan.waivers", "id", "reason", "owner", "expires");
        Require(root, "models.allow_imports", "module", "names");
        Require(root, "models.policies", "path", "policy");
        Require(root, "email", "host", "from", "to");
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "canary.yml",
            ["description"] = "Canary's configuration. Every key may be left out, and empty stands for left out.",
        };
        foreach (var (name, value) in root.ToArray())
            schema[name] = value!.DeepClone();
        schema["type"] = SchemaNode.Words("object", "null");
        return SchemaNode.Print(schema);
    }

    private static void Place(JsonObject root, ConfigKey key)
    {
        string[] path = key.Path.Split('.');
        var section = root;
        foreach (string part in path[..^1])
            section = Section(section, part);
        section["properties"]![path[^1]] = Shape(key);
    }

    /// <summary>The map under a key, or the one that each entry of its list is.</summary>
    private static JsonObject Section(JsonObject parent, string key)
    {
        var node = parent["properties"]![key]!.AsObject();
        return (node["items"] ?? node).AsObject();
    }

    private static void Require(JsonObject root, string path, params string[] keys)
    {
        var section = root;
        foreach (string part in path.Split('.'))
            section = Section(section, part);
        section["required"] = SchemaNode.Words(keys);
    }

    private static JsonObject Shape(ConfigKey key)
    {
        var shape = key.Shape switch
        {
            ConfigShape.Text => SchemaNode.Scalar(),
            ConfigShape.Boolean => SchemaNode.Type("boolean"),
            ConfigShape.Integer => new JsonObject { ["type"] = "integer", ["minimum"] = key.Least, ["maximum"] = key.Most },
            ConfigShape.Duration => SchemaNode.Pattern(SchemaNode.DurationPattern, Duration.Form),
            ConfigShape.Date => SchemaNode.Pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a day, as 2026-12-31"),
            ConfigShape.Size => SchemaNode.Pattern(SchemaNode.SizePattern, ByteSize.Form),
            ConfigShape.Word => SchemaNode.OneOf(key.Words),
            ConfigShape.Texts => SchemaNode.AnyOf(SchemaNode.Scalar(), SchemaNode.ListOf(SchemaNode.Scalar())),
            ConfigShape.Map => SchemaNode.Map(),
            ConfigShape.Maps => SchemaNode.ListOf(SchemaNode.Map()),
            ConfigShape.Entries => new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = SchemaNode.AnyOf(SchemaNode.Scalar(), SchemaNode.ListOf(SchemaNode.Scalar())),
            },
            _ => [],
        };
        if (key.BuiltIn is { } builtIn)
            shape["default"] = key.Shape is ConfigShape.Boolean or ConfigShape.Integer ? JsonNode.Parse(builtIn) : builtIn;
        return OrNothing(shape);
    }

    /// <summary>A key without a value stands for a key left out.</summary>
    private static JsonObject OrNothing(JsonObject shape)
    {
        if (shape["enum"] is JsonArray words)
            words.Add((JsonNode?)null);
        else if (shape["anyOf"] is JsonArray ways)
            ways.Add((JsonNode)SchemaNode.Type("null"));
        else if (shape["type"] is JsonArray types)
            types.Add((JsonNode)"null");
        else if (shape["type"] is { } type)
            shape["type"] = SchemaNode.Words(type.GetValue<string>(), "null");
        return shape;
    }
}
