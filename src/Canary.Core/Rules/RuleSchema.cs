using System.Text.Json.Nodes;
using Canary.Findings;
using Canary.Text;

namespace Canary.Rules;

/// <summary>
/// The JSON schema of a rule file: Sigma's rules, correlations and filters with Canary's extensions, made of the tables that their
/// readers use. It is for editors: what needs more than one place to judge (names in conditions, chains of modifiers, references) is left
/// to `rules check`.
/// </summary>
public static class RuleSchema
{
    public static string Text()
    {
        var head = new JsonObject();
        foreach (string key in RuleHead.Keys)
            head[key] = Head(key);
        return SchemaNode.Print(new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "A detection rule",
            ["description"] = "Sigma 2.1 (rule, correlation or filter) with Canary's extensions under 'canary'.",
            ["type"] = "object",
            ["required"] = SchemaNode.Words("title"),
            ["properties"] = head,
            ["anyOf"] = new JsonArray(
                Kind(["logsource", "detection"], "correlation", "filter", "action"),
                Kind(["correlation"], "detection", "filter", "action"),
                Kind(["logsource", "filter"], "action")),
            ["definitions"] = new JsonObject
            {
                ["texts"] = SchemaNode.OneOrMore(SchemaNode.Scalar()),
                ["duration"] = SchemaNode.Pattern(SchemaNode.DurationPattern, "such as 10s, 5m, 2h, 7d"),
                ["value"] = Value(),
                ["items"] = Items(),
                ["selection"] = SchemaNode.AnyOf(
                    SchemaNode.Named("items"),
                    SchemaNode.Scalar(),
                    SchemaNode.ListOf(SchemaNode.AnyOf(SchemaNode.Named("items"), SchemaNode.Scalar()), least: 1)),
                ["case"] = SchemaNode.AnyOf(SchemaNode.Type("object"), SchemaNode.ListOf(SchemaNode.Type("object"), least: 1)),
            },
        });
    }

    private static JsonObject Kind(string[] required, params string[] forbidden) => new()
    {
        ["required"] = SchemaNode.Words(required),
        ["not"] = new JsonObject { ["anyOf"] = new JsonArray([.. forbidden.Select(key => new JsonObject { ["required"] = SchemaNode.Words(key) })]) },
    };

    private static JsonObject Head(string key) => key switch
    {
        "title" => new JsonObject { ["type"] = SchemaNode.Words("string", "number", "boolean"), ["minLength"] = 1, ["maxLength"] = RuleHead.LongestTitle },
        "id" => SchemaNode.Pattern("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", "a UUID"),
        "status" => SchemaNode.OneOf(RuleHead.Statuses),
        "level" => SchemaNode.OneOf(RuleHead.LevelWords),
        "date" or "modified" => SchemaNode.Pattern("^[0-9]{4}([-/])[0-9]{2}[-/][0-9]{2}$", "such as 2026-01-31"),
        "name" or "taxonomy" or "author" or "license" or "description" => SchemaNode.Scalar(),
        "tags" or "references" or "falsepositives" => SchemaNode.AnyOf(SchemaNode.Scalar(), SchemaNode.ListOf(SchemaNode.Scalar()), SchemaNode.Type("null")),
        "logsource" => LogSource(),
        "detection" => Detection(["condition"]),
        "filter" => Filter(),
        "correlation" => Correlation(),
        "generate" => SchemaNode.Type("boolean"),
        "canary" => Extensions(),
        _ => [],
    };

    private static JsonObject LogSource()
    {
        var source = SchemaNode.Map([.. RuleReader.LogSourceKeys.Select(key => (key, (JsonNode)SchemaNode.Scalar()))]);
        source.Remove("additionalProperties");
        source["anyOf"] = new JsonArray([.. RuleReader.LogSourceKeys.Where(key => key != "definition").Select(key => new JsonObject { ["required"] = SchemaNode.Words(key) })]);
        return source;
    }

    /// <summary>A condition and selections by names of the author's.</summary>
    private static JsonObject Detection(string[] required)
    {
        string[] reserved = [.. required.Union(["condition", "timeframe"])];
        var condition = SchemaNode.Type("string");
        var detection = SchemaNode.Map(
            ("condition", SchemaNode.OneOrMore(condition)),
            ("timeframe", new JsonObject { ["not"] = new JsonObject(), ["description"] = "old Sigma; write a correlation with a timespan" }));
        detection["required"] = SchemaNode.Words(required);
        detection["patternProperties"] = new JsonObject { [$"^(?!({string.Join('|', reserved)})$)[A-Za-z0-9_.-]+$"] = SchemaNode.Named("selection") };
        return detection;
    }

    private static JsonObject Filter()
    {
        var filter = Detection(["rules", "condition"]);
        filter["properties"]!["rules"] = SchemaNode.AnyOf(SchemaNode.Scalar(), SchemaNode.ListOf(SchemaNode.Scalar()));
        return filter;
    }

    private static JsonObject Value()
    {
        var scalar = SchemaNode.Scalar();
        return SchemaNode.AnyOf(scalar, SchemaNode.Type("null"), SchemaNode.ListOf(scalar.DeepClone(), least: 1));
    }

    /// <summary>Fields, each with its modifiers. Those that Canary fills are named, for completion; others are as good.</summary>
    private static JsonObject Items()
    {
        // The patterns exclude each other: not every validator holds a key to more than one.
        const string Numeric = "\\|(gt|gte|lt|lte|minute|hour|day|week|month|year)(\\||$)", Exists = "\\|exists$";
        string modified = $"[^|]*(\\|({string.Join('|', ModifierChain.Known)}))*$";
        return new JsonObject
        {
            ["type"] = "object",
            ["minProperties"] = 1,
            ["properties"] = new JsonObject(Field.All.Select(field => KeyValuePair.Create(field, (JsonNode?)SchemaNode.Named("value")))),
            ["patternProperties"] = new JsonObject
            {
                [$"^(?!.*({Numeric}|{Exists})){modified}"] = SchemaNode.Named("value"),
                [$"^(?=.*{Numeric}){modified}"] = SchemaNode.OneOrMore(SchemaNode.Type("number")),
                ["^[^|]+" + Exists] = SchemaNode.OneOrMore(SchemaNode.Type("boolean")),
            },
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject Correlation()
    {
        var map = SchemaNode.Map([.. CorrelationReader.Keys.Select(key => (key, (JsonNode)CorrelationPart(key)))]);
        map["required"] = SchemaNode.Words("type", "rules", "timespan");
        string[] temporal = [.. CorrelationReader.Types.Where(t => t.Value is CorrelationType.Temporal or CorrelationType.TemporalOrdered).Select(t => t.Key).Order(StringComparer.Ordinal)];
        map["anyOf"] = new JsonArray(
            new JsonObject { ["properties"] = new JsonObject { ["type"] = SchemaNode.OneOf(temporal) } },
            new JsonObject { ["required"] = SchemaNode.Words("condition"), ["properties"] = new JsonObject { ["condition"] = SchemaNode.Type("object") } });
        return map;
    }

    private static JsonObject CorrelationPart(string key)
    {
        switch (key)
        {
            case "type":
                return SchemaNode.OneOf(CorrelationReader.Types.Keys.Order(StringComparer.Ordinal));
            case "rules":
                return SchemaNode.Named("texts");
            case "group-by":
                return SchemaNode.AnyOf(SchemaNode.Scalar(), SchemaNode.ListOf(SchemaNode.Scalar()));
            case "timespan":
                return SchemaNode.Named("duration");
            case "generate":
                return SchemaNode.Type("boolean");
            case "aliases":
                return new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = SchemaNode.Scalar() } };
            case "condition":
                var bounds = SchemaNode.Map([.. Bound.Operators.Select(o => (o, (JsonNode)SchemaNode.Type("number")))]);
                bounds["properties"]!["field"] = SchemaNode.Named("texts");
                bounds["properties"]!["percentile"] = new JsonObject { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 100 };
                bounds["anyOf"] = new JsonArray([.. Bound.Operators.Select(o => new JsonObject { ["required"] = SchemaNode.Words(o) })]);
                return SchemaNode.AnyOf(bounds, new JsonObject { ["type"] = "string", ["description"] = "for 'temporal': a condition of rule names" });
            default:
                return new JsonObject();
        }
    }

    private static JsonObject Extensions() => SchemaNode.Map([.. CanaryBlock.Keys.Select(key => (key, (JsonNode)Extension(key)))]);

    private static JsonObject Extension(string key) => key switch
    {
        "tests" => SchemaNode.Map(("fires", SchemaNode.ListOf(SchemaNode.Named("case"))), ("quiet", SchemaNode.ListOf(SchemaNode.Named("case")))),
        "descendant_of" or "not_descendant_of" => SchemaNode.OneOrMore(SchemaNode.Named("items")),
        "near" => Near(),
        "building_block" => SchemaNode.Type("boolean"),
        "identity" => SchemaNode.Named("texts"),
        "respond" => SchemaNode.AnyOf(SchemaNode.Scalar(), SchemaNode.Type("object")),
        _ => [],
    };

    private static JsonObject Near()
    {
        var near = SchemaNode.Map([.. CanaryBlock.NearKeys.Select(key => (key, (JsonNode)(key switch
        {
            "within" => SchemaNode.Named("duration"),
            "by" => SchemaNode.OneOf(CanaryBlock.NearGroups),
            "ordered" => SchemaNode.Type("boolean"),
            "after" => SchemaNode.Named("texts"),
            _ => new JsonObject(),
        })))]);
        near["required"] = SchemaNode.Words("within", "after");
        return near;
    }
}
