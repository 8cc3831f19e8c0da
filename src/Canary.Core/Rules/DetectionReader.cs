using Canary.Findings;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Rules;

/// <summary>Turns detection items into conditions.</summary>
/// <param name="standing">How a field name stands with the rule's log source.</param>
/// <param name="suggested">The names to suggest for one mistyped.</param>
internal sealed class DetectionReader(
    FieldSlots slots, RuleOptions options, Diagnostics faults, Func<string, FieldStanding> standing, IEnumerable<string> suggested)
{
    /// <summary>A selection's value: a map, a list of maps, or keywords. Null with the faults reported.</summary>
    public Condition? Body(YamlNode node)
    {
        switch (node)
        {
            case YamlMap map:
                return Map(map);
            case YamlScalar keyword:
                return Keywords(null, [keyword], keyword);
            case YamlList { Items.Count: 0 }:
                faults.Add(node, "an empty selection matches nothing; remove it");
                return null;
            default:
                var parts = ((YamlList)node).Items.Select(item => item switch
                {
                    YamlMap map => Map(map),
                    YamlScalar keyword => Keywords(null, [keyword], keyword),
                    _ => Fault(item, "a selection is a map, a list of maps, or a list of keywords"),
                }).ToArray();
                return Joined(parts, all: false);
        }
    }

    private Condition? Map(YamlMap map)
    {
        if (map.Entries.Count == 0)
            return Fault(map, "an empty selection matches everything; remove it");
        return Joined([.. map.Entries.Select(entry => Item(entry.Key, entry.Value))], all: true);
    }

    private Condition? Item(YamlScalar key, YamlNode node)
    {
        string[] parts = key.Text.Split('|');
        var chain = ModifierChain.Read(key, parts[1..], options, faults);
        if (chain is null)
            return null;
        if (parts[0].Length == 0)
            return Keywords(chain, Values(node), node);
        string name = parts[0].Replace(" ", "", StringComparison.Ordinal);
        if (!Accept(key, name))
            return null;
        var values = Values(node);
        if (values is null)
            return Fault(node, $"'{Shown(name)}' needs a value or a list of values, not a map");
        if (values.Count == 0)
            return Fault(node, $"'{Shown(name)}' has an empty list, which matches nothing; write '' for an empty value or null for none");
        if (chain.All && values.Count == 1)
            return Fault(key, "'all' needs a list of at least two values");
        var field = Field.Named(name);
        var tests = new List<Condition?>();
        foreach (var value in values)
            tests.Add(Test(chain, value, field, inList: node is YamlList));
        var joined = Joined([.. tests], chain.All);
        return joined is not null && chain.Negated ? new Not(joined) : joined;
    }

    private Condition? Test(ModifierChain chain, YamlScalar value, Field field, bool inList)
    {
        int slot = slots.Of(field);
        if (value.IsNull)
        {
            return inList ? Fault(value, "null cannot stand in a list; give it a selection of its own")
                : chain.HasAny ? Fault(value, "null cannot be modified")
                : new FieldTest(field, slot, new NullTest());
        }

        if (chain.Exists)
        {
            return value.AsBoolean() is { } wanted ? new FieldTest(field, slot, new ExistsTest(wanted))
                : Fault(value, "'exists' takes true or false");
        }

        if (chain.RefersToField)
        {
            string other = value.Text.Replace(" ", "", StringComparison.Ordinal);
            return !Accept(value, other) ? null
                : new FieldTest(field, slot, new FieldRefTest(Field.Named(other), slots.Of(Field.Named(other)), chain.FieldRelation, chain.Cased));
        }

        return chain.Tests(value, faults) is { } tests ? Joined([.. tests.Select(t => new FieldTest(field, slot, t))], all: false) : null;
    }

    private Condition? Keywords(ModifierChain? chain, List<YamlScalar>? values, YamlNode at)
    {
        if (values is null or { Count: 0 })
            return Fault(at, "keywords are a list of words");
        if (chain is { Exists: true } or { RefersToField: true })
            return Fault(at, "this modifier needs a field");
        if (chain is { All: true } && values.Count == 1)
            return Fault(at, "'all' needs a list of at least two values");
        var parts = new List<Condition?>();
        foreach (var value in values)
        {
            // A keyword is looked for anywhere in a value, whatever its type.
            bool plain = chain is null || !chain.IsRegex;
            var anywhere = plain ? ModifierChain.Read(value, [.. chain?.Names ?? [], .. Anywhere(chain)], options, faults) : chain;
            var tests = value.IsNull ? null : anywhere?.Tests(value, faults);
            if (value.IsNull)
                faults.Add(value, "null is not a keyword");
            parts.Add(tests is null ? null : Joined([.. tests.Select(t => new KeywordTest(t))], all: false));
        }

        var joined = Joined([.. parts], chain is { All: true });
        return joined is not null && chain is { Negated: true } ? new Not(joined) : joined;
    }

    private static string[] Anywhere(ModifierChain? chain) =>
        chain is not null && chain.Names.Any(n => n is "contains" or "startswith" or "endswith" or "cidr" or "gt" or "gte" or "lt" or "lte") ? [] : ["contains"];

    /// <summary>True when the rule may use the field; else it was reported.</summary>
    private bool Accept(YamlNode at, string name)
    {
        switch (standing(name))
        {
            case FieldStanding.Known:
                return true;
            case FieldStanding.NotCollected:
                faults.Add(at, $"field '{Shown(name)}' is not collected here", unsupported: true);
                return false;
            default:
                faults.Add(at, $"unknown field '{Shown(name)}'{Nearest.Suggestion(name, suggested)}");
                return false;
        }
    }

    private static List<YamlScalar>? Values(YamlNode node) => node switch
    {
        YamlScalar scalar => [scalar],
        YamlList list when list.Items.All(item => item is YamlScalar) => [.. list.Items.Cast<YamlScalar>()],
        _ => null,
    };

    private static Condition? Joined(Condition?[] parts, bool all) =>
        Array.Exists(parts, p => p is null) ? null
        : parts.Length == 1 ? parts[0]
        : all ? new AllOf(parts!) : new AnyOf(parts!);

    private static string Shown(string name) => Printable.Line(name, 80);

    private Condition? Fault(YamlNode at, string message)
    {
        faults.Add(at, message);
        return null;
    }
}
