using Canary.Findings;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Rules;

/// <summary>Reads the test cases that a rule carries.</summary>
internal sealed class CaseReader(LogSource ruleSource, Diagnostics faults)
{
    private const int MostCases = 200;
    private const string DefaultSession = "test";
    private static readonly TimeSpan DefaultStep = TimeSpan.FromSeconds(1);

    public IReadOnlyList<RuleCase> Read(YamlNode node)
    {
        var cases = new List<RuleCase>();
        if (node is not YamlMap map)
        {
            faults.Add(node, "'tests' must be a map with the lists 'fires' and 'quiet'");
            return cases;
        }

        foreach (var (key, value) in map.Entries)
        {
            if (key.Text is not ("fires" or "quiet"))
                faults.Add(key, $"unknown key '{Printable.Line(key.Text, 40)}' under 'tests'{Nearest.Suggestion(key.Text, ["fires", "quiet"])}");
            else if (value is not YamlList list)
                faults.Add(value, $"'{key.Text}' must be a list of events");
            else
                cases.AddRange(list.Items.Select(item => Case(key.Text == "fires", item)));
        }

        if (cases.Count > MostCases)
            faults.Add(node, $"more than {MostCases} cases");
        return cases;
    }

    private RuleCase Case(bool fires, YamlNode node)
    {
        IReadOnlyList<YamlNode> events = node is YamlList list ? list.Items : [node];
        if (events.Count == 0)
            faults.Add(node, "a sequence needs at least one event");
        return new RuleCase(fires, [.. events.Select(Event).OfType<RuleCaseEvent>()], node.Line);
    }

    private RuleCaseEvent? Event(YamlNode node)
    {
        if (node is not YamlMap map)
        {
            faults.Add(node, "an event is a map of fields and values; a sequence is a list of events");
            return null;
        }

        var source = new LogSource(ruleSource.Product ?? "linux", ruleSource.Category, ruleSource.Service);
        var after = DefaultStep;
        string session = DefaultSession;
        var fields = new List<KeyValuePair<string, FieldValue>>();
        if (map.Find("logsource") is YamlMap other)
        {
            source = new LogSource(
                RuleReader.Part(other, "product") ?? source.Product, RuleReader.Part(other, "category"), RuleReader.Part(other, "service"));
        }

        else if (ruleSource == default)
        {
            faults.Add(map, "a correlation has no log source, so its events need a 'logsource'");
        }

        foreach (var (key, value) in map.Entries)
        {
            if (key.Text == "after" && value is YamlScalar duration)
                after = RuleDuration.Parse(duration, faults) ?? after;
            else if (key.Text == "session" && value is YamlScalar name)
                session = name.Text;
            else if (key.Text == "logsource" && value is YamlMap)
                continue;
            else if (Taxonomy.StandingOf(source, key.Text) == FieldStanding.Unknown)
                faults.Add(key, $"unknown field '{Printable.Line(key.Text, 80)}'{Nearest.Suggestion(key.Text, Field.All.Concat(["after", "session", "logsource"]))}");
            else if (ValueOf(value) is { } field)
                fields.Add(new(key.Text, field));
            else
                faults.Add(value, "a value is a text, a number, true, false, null, or a list of texts");
        }

        return new RuleCaseEvent(source, fields, after, session);
    }

    private static FieldValue? ValueOf(YamlNode node) => node switch
    {
        YamlScalar { IsNull: true } => FieldValue.Null,
        YamlScalar scalar when scalar.AsNumber() is { } number => FieldValue.Of(number),
        YamlScalar scalar when scalar.AsBoolean() is { } truth => FieldValue.Of(truth),
        YamlScalar scalar => FieldValue.Of(scalar.Text),
        YamlList list when list.Items.All(i => i is YamlScalar) => FieldValue.Of([.. list.Items.Cast<YamlScalar>().Select(s => s.Text)]),
        _ => null,
    };
}
