using Canary.Findings;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Rules;

/// <summary>Reads one rule document. Faults go to the diagnostics, all of them; a rule with any is not returned.</summary>
internal sealed class RuleReader(RuleSource source, FieldSlots slots, RuleOptions options, Diagnostics faults)
{
    internal static readonly string[] LogSourceKeys = ["product", "category", "service", "definition"];

    public RuleDraft? Read(YamlMap document, string slug)
    {
        int before = faults.Count;
        var head = new RuleHead(document, source, faults);
        var facts = head.Facts(slug);
        var logSource = LogSourceOf(document, faults);
        var reader = new DetectionReader(slots, options, faults, name => Taxonomy.StandingOf(logSource, name, options), Field.All);
        var selections = new Dictionary<string, Selection>(StringComparer.Ordinal);
        var condition = Detection(document, reader, selections);
        var block = new CanaryBlock(slots, options, faults, logSource).Read(document.Find("canary"));
        string? status = head.Status;
        if (faults.Count > before || condition is null)
            return null;
        foreach (var lineage in block.Lineage)
            condition = new AllOf([condition, lineage]);
        var rule = new Rule(facts, logSource, condition)
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
            Selections = [.. selections.Values],
        };
        return new RuleDraft(rule, document.Find("id") ?? document) { Near = block.Near };
    }

    internal static LogSource LogSourceOf(YamlMap document, Diagnostics faults)
    {
        if (document.Find("logsource") is not { } node)
        {
            faults.Add(document, "'logsource' is missing");
            return default;
        }

        if (node is not YamlMap map)
        {
            faults.Add(node, "'logsource' must be a map of product, category and service");
            return default;
        }

        foreach (var (key, value) in map.Entries)
        {
            if (Nearest.To(key.Text, LogSourceKeys) is { } near && near != key.Text)
                faults.Add(key, $"unknown key '{Printable.Line(key.Text, 40)}'; did you mean '{near}'?");
            else if (value is not YamlScalar)
                faults.Add(value, $"'{Printable.Line(key.Text, 40)}' must be a text");
        }

        var found = new LogSource(Part(map, "product"), Part(map, "category"), Part(map, "service"));
        if (found == default)
            faults.Add(node, "'logsource' needs a product, a category or a service");
        return found;
    }

    internal static string? Part(YamlMap map, string key) =>
        map.Find(key) is YamlScalar { IsNull: false } scalar && scalar.Text.Length > 0 ? scalar.Text.ToLowerInvariant() : null;

    private Condition? Detection(YamlMap document, DetectionReader reader, Dictionary<string, Selection> selections)
    {
        switch (document.Find("detection"))
        {
            case null:
                faults.Add(document, "'detection' is missing");
                return null;
            case YamlMap map:
                return Detection(map, "detection", reader, selections, faults);
            case { } node:
                faults.Add(node, "'detection' must be a map of selections and a condition");
                return null;
        }
    }

    /// <summary>Selections and their condition, as a rule's detection and a filter have them. Keys named in <paramref name="others"/> are not selections.</summary>
    internal static Condition? Detection(
        YamlMap map, string what, DetectionReader reader, Dictionary<string, Selection> selections, Diagnostics faults, params string[] others)
    {
        int before = faults.Count;
        foreach (var (key, value) in map.Entries)
        {
            if (key.Text == "condition" || others.Contains(key.Text))
                continue;
            // Registered even when faulty: the condition is checked all the same, so that all faults come at once.
            selections[key.Text] = new Selection(key.Text, new AllOf([]));
            if (key.Text == "timeframe")
                faults.Add(key, "'timeframe' is old Sigma; write a correlation document with a timespan instead", unsupported: true);
            else if (key.Text.Contains('|'))
                faults.Add(key, $"'{Printable.Line(key.Text, 60)}': a modifier belongs to a field, and a selection has none of its own");
            else if (key.Text.Length == 0 || !key.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
                faults.Add(key, $"'{Printable.Line(key.Text, 60)}' is not a name that a condition can hold; use letters, digits, '_' and '-'");
            else if (reader.Body(value) is { } body)
                selections[key.Text] = new Selection(key.Text, body);
        }

        if (map.Find("condition") is not { } condition)
        {
            faults.Add(map, $"'{what}' has no 'condition'");
            return null;
        }

        var bound = Conditions(condition, new ConditionBinder(selections), faults);
        return faults.Count > before ? null : bound;
    }

    private static Condition? Conditions(YamlNode node, ConditionBinder binder, Diagnostics faults)
    {
        var parts = new List<Condition>();
        foreach (var item in node is YamlList list ? list.Items : [node])
        {
            if (item is not YamlScalar { IsNull: false } text)
            {
                faults.Add(item, "a condition is a text, or a list of texts");
                continue;
            }

            try
            {
                parts.Add(binder.Bind(ConditionParser.Parse(text.Text)));
            }
            catch (ConditionFault fault)
            {
                // A quoted or folded text does not keep its columns.
                bool exact = text.IsPlain && !text.Text.Contains('\n');
                faults.Add(text.File, text.Line, text.Column + (exact ? fault.Offset : 0), fault.Message);
            }
        }

        if (parts.Count == 0 && node is YamlList { Items.Count: 0 })
            faults.Add(node, "the list of conditions is empty");
        return parts.Count == 1 ? parts[0] : new AnyOf([.. parts]);
    }
}

/// <summary>A rule that is read, with what it refers to still unresolved.</summary>
/// <param name="At">Where to complain of its identity.</param>
internal sealed record RuleDraft(Rule Rule, YamlNode At)
{
    public NearDraft? Near { get; init; }

    public CorrelationDraft? Correlation { get; init; }

    public IReadOnlyList<YamlScalar> References => Near?.After ?? Correlation?.Rules ?? [];
}

/// <summary>A <c>near</c> whose rules are still names.</summary>
internal sealed record NearDraft(YamlMap At, TimeSpan Within, bool Ordered, bool InSession, IReadOnlyList<YamlScalar> After);
