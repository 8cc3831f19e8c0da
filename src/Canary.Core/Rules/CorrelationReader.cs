using System.Collections.Frozen;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Rules;

/// <summary>Reads one correlation document.</summary>
internal sealed class CorrelationReader(RuleSource source, FieldSlots slots, RuleOptions options, Diagnostics faults)
{
    internal const int MostRules = 32;

    internal static readonly string[] Keys = ["type", "rules", "group-by", "timespan", "condition", "aliases", "generate"];

    internal static readonly FrozenDictionary<string, CorrelationType> Types = new Dictionary<string, CorrelationType>
    {
        ["event_count"] = CorrelationType.EventCount,
        ["value_count"] = CorrelationType.ValueCount,
        ["value_sum"] = CorrelationType.ValueSum,
        ["value_avg"] = CorrelationType.ValueAvg,
        ["value_percentile"] = CorrelationType.ValuePercentile,
        ["temporal"] = CorrelationType.Temporal,
        ["temporal_ordered"] = CorrelationType.TemporalOrdered,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public RuleDraft? Read(YamlMap document, string slug)
    {
        int before = faults.Count;
        var head = new RuleHead(document, source, faults);
        var facts = head.Facts(slug);
        string? status = head.Status;
        if (document.Find("detection") is { } detection)
            faults.Add(detection, "a document is a rule with a detection or a correlation, not both");
        var block = new CanaryBlock(slots, options, faults, default).Read(document.Find("canary"));
        if (block.Near is not null || block.Lineage.Count > 0)
            faults.Add(document.Find("canary")!, "'near' and 'descendant_of' belong to the rules that a correlation is made of");
        var draft = document.Find("correlation") is YamlMap map ? Body(map, document) : null;
        if (document.Find("correlation") is not YamlMap and { } node)
            faults.Add(node, "'correlation' must be a map");
        if (faults.Count > before || draft is null)
            return null;
        var rule = new Rule(facts, default, new AnyOf([]))
        {
            Name = head.Name,
            Status = status,
            Path = source.Path,
            Line = document.Line,
            BuiltIn = source.BuiltIn,
            IsBuildingBlock = block.IsBuildingBlock,
            IsDisabled = options.Disables(facts, head.Name),
            Identity = block.Identity,
            Cases = block.Cases,
        };
        return new RuleDraft(rule, document.Find("id") ?? document) { Correlation = draft };
    }

    private CorrelationDraft? Body(YamlMap map, YamlMap document)
    {
        foreach (var (key, _) in map.Entries)
        {
            if (!Keys.Contains(key.Text))
                faults.Add(key, $"unknown key '{Printable.Line(key.Text, 40)}' under 'correlation'{Nearest.Suggestion(key.Text, Keys)}");
        }

        var type = CorrelationType.EventCount;
        if (map.Find("type") is not YamlScalar word)
            faults.Add(map, "'correlation' needs a 'type'");
        else if (!Types.TryGetValue(word.Text, out type))
            faults.Add(word, $"unknown correlation type '{Printable.Line(word.Text, 40)}'{Nearest.Suggestion(word.Text, Types.Keys)}");
        var rules = Names(map, "rules");
        if (rules.Count is 0 or > MostRules)
            faults.Add(map.Find("rules") ?? map, $"'correlation' needs 'rules': the names or ids of one to {MostRules} rules");
        var timespan = map.Find("timespan") is YamlScalar span ? RuleDuration.Parse(span, faults) : null;
        if (map.Find("timespan") is null)
            faults.Add(map, "'correlation' needs a 'timespan', such as 5m");
        var generate = map.Find("generate") ?? document.Find("generate");
        if (generate is not null && (generate as YamlScalar)?.AsBoolean() is null)
            faults.Add(generate, "'generate' is true or false");
        var draft = new CorrelationDraft(map, type, rules, timespan ?? default, Names(map, "group-by"), Aliases(map))
        {
            Generates = (generate as YamlScalar)?.AsBoolean() ?? false,
        };
        return Condition(map, draft);
    }

    private CorrelationDraft? Condition(YamlMap map, CorrelationDraft draft)
    {
        bool temporal = draft.Type is CorrelationType.Temporal or CorrelationType.TemporalOrdered;
        switch (map.Find("condition"))
        {
            case null when temporal:
                return draft;
            case null:
                faults.Add(map, "'correlation' needs a 'condition', such as {gte: 10}");
                return null;
            case YamlScalar { IsNull: false } text when draft.Type == CorrelationType.Temporal:
                try
                {
                    return draft with { Occurred = ConditionParser.Parse(text.Text), OccurredAt = text };
                }
                catch (ConditionFault fault)
                {
                    faults.Add(text.File, text.Line, text.Column + (text.IsPlain ? fault.Offset : 0), fault.Message);
                    return null;
                }

            case YamlMap condition when !temporal:
                return Bounds(condition, draft);
            case { } node:
                faults.Add(node, temporal ? "only 'temporal' takes a condition, as a text of rule names" : "this condition is a map, such as {gte: 10}");
                return null;
        }
    }

    private CorrelationDraft? Bounds(YamlMap condition, CorrelationDraft draft)
    {
        var bounds = new List<Bound>();
        double percentile = 50;
        foreach (var (key, value) in condition.Entries)
        {
            double? number = (value as YamlScalar)?.AsNumber();
            if (Bound.Operators.Contains(key.Text) && number is { } wanted)
                bounds.Add(new Bound(key.Text, wanted));
            else if (key.Text == "percentile" && draft.Type == CorrelationType.ValuePercentile && number is >= 0 and <= 100)
                percentile = number.Value;
            else if (Bound.Operators.Contains(key.Text) || key.Text == "percentile")
                faults.Add(value, $"'{key.Text}' takes a number");
            else if (key.Text != "field")
                faults.Add(key, $"unknown key '{Printable.Line(key.Text, 40)}' in the condition{Nearest.Suggestion(key.Text, [.. Bound.Operators, "field"])}");
        }

        if (!condition.Entries.Any(e => Bound.Operators.Contains(e.Key.Text)))
            faults.Add(condition, $"the condition compares with nothing; one of {string.Join(", ", Bound.Operators)} is needed");
        if (bounds.Any(b => b.Number > CorrelationWindow.MostEntries) && draft.Type is CorrelationType.EventCount or CorrelationType.ValueCount)
            faults.Add(condition, $"no more than {CorrelationWindow.MostEntries} events of a group are remembered", unsupported: true);
        var fields = Names(condition, "field");
        bool needsField = draft.Type != CorrelationType.EventCount;
        if (needsField != fields.Count > 0)
            faults.Add(condition, needsField ? "the condition needs a 'field'" : "'event_count' counts events and takes no 'field'");
        return draft with { Bounds = [.. bounds], Fields = fields, Percentile = percentile };
    }

    private IReadOnlyList<YamlScalar> Names(YamlMap map, string key)
    {
        switch (map.Find(key))
        {
            case null:
                return [];
            case YamlScalar { IsNull: false } one:
                return [one];
            case YamlList list when list.Items.All(i => i is YamlScalar { IsNull: false }):
                return [.. list.Items.Cast<YamlScalar>()];
            case { } node:
                faults.Add(node, $"'{key}' is a name or a list of names");
                return [];
        }
    }

    private Dictionary<string, YamlMap> Aliases(YamlMap map)
    {
        var aliases = new Dictionary<string, YamlMap>(StringComparer.Ordinal);
        if (map.Find("aliases") is not { } node)
            return aliases;
        foreach (var (key, value) in (node as YamlMap)?.Entries ?? [])
        {
            if (value is YamlMap fields && fields.Entries.All(e => e.Value is YamlScalar { IsNull: false }))
                aliases[key.Text] = fields;
            else
                faults.Add(value, "an alias is a map of rule names and field names");
        }

        if (node is not YamlMap)
            faults.Add(node, "'aliases' is a map of aliases");
        return aliases;
    }
}

/// <summary>A correlation whose rules are still names.</summary>
internal sealed record CorrelationDraft(
    YamlMap At, CorrelationType Type, IReadOnlyList<YamlScalar> Rules, TimeSpan Timespan, IReadOnlyList<YamlScalar> GroupBy,
    Dictionary<string, YamlMap> Aliases)
{
    public Bound[] Bounds { get; init; } = [];

    public IReadOnlyList<YamlScalar> Fields { get; init; } = [];

    public double Percentile { get; init; } = 50;

    public ConditionSyntax? Occurred { get; init; }

    public YamlScalar? OccurredAt { get; init; }

    public bool Generates { get; init; }
}
