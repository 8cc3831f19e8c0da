using Canary.Findings;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Rules;

/// <summary>Reads Canary's extensions of Sigma: everything under the key <c>canary:</c>. docs/rule-extensions.md is their page.</summary>
internal sealed class CanaryBlock(FieldSlots slots, RuleOptions options, Diagnostics faults, LogSource source)
{
    internal const int MostSteps = 16;
    internal static readonly string[] Keys = ["tests", "descendant_of", "not_descendant_of", "near", "building_block", "identity", "respond"];
    internal static readonly string[] NearKeys = ["within", "by", "ordered", "after"];

    internal static readonly string[] NearGroups = ["process_tree", "session"];

    public List<Condition> Lineage { get; } = [];

    public NearDraft? Near { get; private set; }

    public bool IsBuildingBlock { get; private set; }

    public IReadOnlyList<Field> Identity { get; private set; } = [];

    public IReadOnlyList<RuleCase> Cases { get; private set; } = [];

    public CanaryBlock Read(YamlNode? node)
    {
        if (node is null)
            return this;
        if (node is not YamlMap map)
        {
            faults.Add(node, "'canary' must be a map");
            return this;
        }

        foreach (var (key, value) in map.Entries)
        {
            switch (key.Text)
            {
                case "tests":
                    Cases = new CaseReader(source, faults).Read(value);
                    break;
                case "descendant_of" or "not_descendant_of":
                    ReadLineage(value, negated: key.Text[0] == 'n');
                    break;
                case "near":
                    ReadNear(value);
                    break;
                case "building_block":
                    IsBuildingBlock = Truth(value) ?? false;
                    break;
                case "identity":
                    Identity = ReadIdentity(value);
                    break;
                case "respond":
                    if (value is not (YamlMap or YamlScalar { IsNull: false }))
                        faults.Add(value, "'respond' must be a word or a map");
                    break;
                default:
                    faults.Add(key, $"unknown key '{Printable.Line(key.Text, 40)}' under 'canary'{Nearest.Suggestion(key.Text, Keys)}");
                    break;
            }
        }

        return this;
    }

    private void ReadLineage(YamlNode node, bool negated)
    {
        if (node is YamlMap or YamlList { Items.Count: > 0 })
        {
            var known = AncestorSubject.FieldNames;
            var reader = new DetectionReader(slots, options, faults, n => known.Contains(n) ? FieldStanding.Known : FieldStanding.Unknown, known);
            if (reader.Body(node) is { } body)
                Lineage.Add(new Selection(negated ? "not_descendant_of" : "descendant_of", negated ? new Not(new LineageTest(body)) : new LineageTest(body)));
        }
        else
        {
            faults.Add(node, "'descendant_of' must be a map of field conditions, or a list of such maps");
        }
    }

    private void ReadNear(YamlNode node)
    {
        if (node is not YamlMap map)
        {
            faults.Add(node, "'near' must be a map with 'within' and 'after'");
            return;
        }

        foreach (var (key, _) in map.Entries)
        {
            if (!NearKeys.Contains(key.Text))
                faults.Add(key, $"unknown key '{Printable.Line(key.Text, 40)}' under 'near'{Nearest.Suggestion(key.Text, NearKeys)}");
        }

        TimeSpan? within = null;
        if (map.Find("within") is YamlScalar duration)
            within = RuleDuration.Parse(duration, faults);
        else
            faults.Add(map, "'near' needs 'within', such as 5m");
        IReadOnlyList<YamlScalar> after = map.Find("after") switch
        {
            YamlScalar { IsNull: false } one => [one],
            YamlList list when list.Items.All(i => i is YamlScalar { IsNull: false }) => [.. list.Items.Cast<YamlScalar>()],
            _ => [],
        };
        if (after.Count is 0 or > MostSteps)
            faults.Add(map.Find("after") ?? map, "'near' needs 'after': the names or ids of one to sixteen rules");
        string by = map.Find("by") is YamlScalar scalar ? scalar.Text : "process_tree";
        if (!NearGroups.Contains(by))
            faults.Add(map.Find("by")!, "'by' is session or process_tree");
        bool ordered = map.Find("ordered") is { } order && (Truth(order) ?? false);
        if (within is { } time && after.Count > 0)
            Near = new NearDraft(map, time, ordered, by == "session", after);
    }

    private List<Field> ReadIdentity(YamlNode node)
    {
        var fields = new List<Field>();
        foreach (var item in node is YamlList list ? list.Items : [node])
        {
            if (item is not YamlScalar { IsNull: false } name)
                faults.Add(item, "'identity' is a list of field names");
            else if (Taxonomy.StandingOf(source, name.Text) != FieldStanding.Known)
                faults.Add(name, $"unknown field '{Printable.Line(name.Text, 80)}'{Nearest.Suggestion(name.Text, Field.All)}");
            else
                fields.Add(Field.Named(name.Text));
        }

        return fields;
    }

    private bool? Truth(YamlNode node)
    {
        if ((node as YamlScalar)?.AsBoolean() is { } truth)
            return truth;
        faults.Add(node, "true or false is needed here");
        return null;
    }
}
