using Canary.Findings;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Rules;

/// <summary>Reads one filter document: a condition that is added by `and` to the rules it names.</summary>
internal sealed class FilterReader(RuleSource source, FieldSlots slots, RuleOptions options, Diagnostics faults)
{
    public FilterDraft? Read(YamlMap document, string slug)
    {
        int before = faults.Count;
        _ = new RuleHead(document, source, faults).Facts(slug);
        var logSource = RuleReader.LogSourceOf(document, faults);
        if (document.Find("filter") is not YamlMap map)
        {
            faults.Add(document.Find("filter")!, "'filter' must be a map of rules, selections and a condition");
            return null;
        }

        IReadOnlyList<YamlScalar>? rules = null;
        switch (map.Find("rules"))
        {
            case YamlScalar { Text: "any" } or YamlList { Items.Count: 0 }:
                break;
            case YamlScalar { IsNull: false } one:
                rules = [one];
                break;
            case YamlList list when list.Items.All(i => i is YamlScalar { IsNull: false }):
                rules = [.. list.Items.Cast<YamlScalar>()];
                break;
            case { } node:
                faults.Add(node, "'rules' is 'any' or a list of rule names or ids");
                break;
            default:
                faults.Add(map, "'filter' needs 'rules': 'any', or a list of rule names or ids");
                break;
        }

        var reader = new DetectionReader(slots, options, faults, name => Taxonomy.StandingOf(logSource, name, options), Field.All);
        var condition = RuleReader.Detection(map, "filter", reader, new Dictionary<string, Selection>(StringComparer.Ordinal), faults, "rules");
        return faults.Count > before || condition is null ? null : new FilterDraft(logSource, rules, condition);
    }
}

/// <param name="Rules">Null for every rule of the log source.</param>
internal sealed record FilterDraft(LogSource Source, IReadOnlyList<YamlScalar>? Rules, Condition Condition)
{
    /// <summary>Adds the condition to the rules that it is meant for.</summary>
    public void Apply(IReadOnlyDictionary<string, Rule> byReference, IEnumerable<Rule> all, Diagnostics faults)
    {
        foreach (var rule in Rules is null ? all.ToArray() : [])
        {
            if (Covers(rule))
                Apply(rule);
        }

        foreach (var name in Rules ?? [])
        {
            if (!byReference.TryGetValue(name.Text, out var rule))
                faults.Add(name, $"no rule that stands is called '{Printable.Line(name.Text, 80)}'{Nearest.Suggestion(name.Text, byReference.Keys)}");
            else if (rule.Correlation is not null || !Covers(rule))
                faults.Add(name, $"'{Printable.Line(name.Text, 80)}' has another log source than this filter");
            else
                Apply(rule);
        }
    }

    private void Apply(Rule rule) => rule.Condition = new AllOf([rule.Condition, Condition]);

    private bool Covers(Rule rule) => rule.Correlation is null && RuleBook.Covers(Source, rule.Source);
}
