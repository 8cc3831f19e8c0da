using System.Text;
using System.Text.RegularExpressions;
using Canary.Text;
using Canary.Yaml;
using Mark = Canary.Rules.SigmaText.Mark;

namespace Canary.Rules;

/// <summary>The modifiers of one detection item, applied left to right to each of its values.</summary>
internal sealed class ModifierChain
{
    internal static readonly string[] Known =
    [
        "contains", "startswith", "endswith", "all", "re", "i", "m", "s", "ignorecase", "multiline", "dotall", "cased", "cidr", "base64",
        "base64offset", "wide", "utf16le", "utf16be", "utf16", "windash", "exists", "expand", "fieldref", "gt", "gte", "lt", "lte", "neq",
        "minute", "hour", "day", "week", "month", "year",
    ];

    private readonly string[] _modifiers;
    private readonly RuleOptions _options;
    private readonly YamlScalar _key;

    private ModifierChain(YamlScalar key, string[] modifiers, RuleOptions options)
    {
        _key = key;
        _modifiers = modifiers;
        _options = options;
        Cased = modifiers.Contains("cased");
    }

    public IReadOnlyList<string> Names => _modifiers;

    public bool All => _modifiers.Contains("all");

    public bool Negated => _modifiers.Contains("neq");

    public bool RefersToField => _modifiers.Contains("fieldref");

    public bool Exists => _modifiers.Contains("exists");

    public bool HasAny => _modifiers.Length > 0;

    public bool IsRegex => _modifiers is ["re", ..];

    public bool Cased { get; }

    /// <summary>Reads the part of a key behind the field name; null, with the faults reported, when it cannot be followed.</summary>
    public static ModifierChain? Read(YamlScalar key, string[] modifiers, RuleOptions options, Diagnostics faults)
    {
        int before = faults.Count;
        for (int i = 0; i < modifiers.Length; i++)
        {
            string name = modifiers[i];
            if (Array.IndexOf(Known, name) < 0)
                faults.Add(key, $"unknown modifier '{Printable.Line(name, 60)}'{Nearest.Suggestion(name, Known)}");
            else if (Array.IndexOf(modifiers, name) < i)
                faults.Add(key, $"modifier '{name}' stands twice");
            else if (i > 0 && name is "re" or "cidr")
                faults.Add(key, $"'{name}' must be the first modifier");
            else if (name is "i" or "m" or "s" or "ignorecase" or "multiline" or "dotall" && modifiers[0] != "re")
                faults.Add(key, $"'{name}' is a flag of 're' and needs it in front");
            else if (name == "exists" && modifiers.Length > 1)
                faults.Add(key, "'exists' cannot be combined with other modifiers");
        }

        if (faults.Count == before && modifiers.Contains("fieldref") && modifiers.FirstOrDefault(m => m is not ("fieldref" or "contains" or "startswith" or "endswith" or "neq" or "cased" or "all")) is { } odd)
            faults.Add(key, $"'{Printable.Line(odd, 60)}' does not go with 'fieldref'");
        if (modifiers.Count(m => m is "gt" or "gte" or "lt" or "lte") > 1)
            faults.Add(key, "one comparison is enough; write a range as two items");
        if (modifiers.Count(IsTimePart) > 1)
            faults.Add(key, "one part of the time is enough; write two items");
        return faults.Count > before ? null : new ModifierChain(key, modifiers, options);
    }

    public Relation FieldRelation => _modifiers.Contains("contains") ? Relation.Contains
        : _modifiers.Contains("startswith") ? Relation.StartsWith
        : _modifiers.Contains("endswith") ? Relation.EndsWith : Relation.Equals;

    /// <summary>The alternatives that one value stands for; null with the fault reported.</summary>
    public ValueTest[]? Tests(YamlScalar value, Diagnostics faults)
    {
        try
        {
            return IsRegex ? [Expression(value)] : _modifiers is ["cidr", ..] ? [Network(value)] : Values(value);
        }
        catch (ModifierFault fault)
        {
            faults.Add(value, fault.Message);
            return null;
        }
    }

    private RegexTest Expression(YamlScalar value)
    {
        var flags = RegexOptions.None;
        string pattern = value.Text;
        foreach (string modifier in _modifiers.AsSpan(1))
        {
            switch (modifier)
            {
                case "i" or "ignorecase":
                    flags |= RegexOptions.IgnoreCase;
                    break;
                case "m" or "multiline":
                    flags |= RegexOptions.Multiline;
                    break;
                case "s" or "dotall":
                    flags |= RegexOptions.Singleline;
                    break;
                case "startswith":
                    pattern = $"^(?:{pattern})";
                    break;
                case "endswith":
                    pattern = $"(?:{pattern})$";
                    break;
                case "contains" or "all" or "neq" or "cased":
                    break;
                default:
                    throw new ModifierFault($"'{modifier}' cannot follow 're'");
            }
        }

        return RegexSyntax.Compile(pattern, flags, out string? fault) is { } regex ? new RegexTest(regex) : throw new ModifierFault(fault!);
    }

    private CidrTest Network(YamlScalar value)
    {
        if (_modifiers.FirstOrDefault(m => m is not ("cidr" or "all" or "neq")) is { } odd)
            throw new ModifierFault($"'{odd}' cannot follow 'cidr'");
        if (!value.Text.Contains('/') || !System.Net.IPNetwork.TryParse(value.Text, out var network))
            throw new ModifierFault($"'{Printable.Line(value.Text, 80)}' is not a network; write 10.0.0.0/8 or fd00::/8, without bits behind the prefix");
        return new CidrTest(network);
    }

    private ValueTest[] Values(YamlScalar value)
    {
        if (!HasAny || _modifiers.All(m => m is "all" or "neq" or "cased"))
        {
            if (value.AsNumber() is { } plain)
                return [new NumberTest(Comparison.Equal, plain, value.Text)];
            if (value.AsBoolean() is { } truth)
                return [new BooleanTest(truth)];
        }

        if (_modifiers.FirstOrDefault(m => IsTimePart(m) || m is "gt" or "gte" or "lt" or "lte") is not null)
            return [Number(value)];
        IEnumerable<Encoded> texts = [new Encoded(SigmaText.Parse(value.Text), null, Cased)];
        foreach (string modifier in _modifiers)
            texts = texts.SelectMany(text => Apply(modifier, text)).Take(MostAlternatives + 1);
        var all = texts.ToArray();
        return all.Length > MostAlternatives ? throw new ModifierFault($"stands for more than {MostAlternatives} values") : [.. all.Select(t => t.Test())];
    }

    private const int MostAlternatives = 5000;

    private ValueTest Number(YamlScalar value)
    {
        if (value.AsNumber() is not { } wanted)
            throw new ModifierFault("a number is needed here");
        var comparison = Comparison.Equal;
        TimePart? part = null;
        foreach (string modifier in _modifiers)
        {
            if (IsTimePart(modifier))
                part = Enum.Parse<TimePart>(modifier, ignoreCase: true);
            else if (modifier is not ("neq" or "all"))
                comparison = modifier switch
                {
                    "gt" => Comparison.Greater,
                    "gte" => Comparison.GreaterOrEqual,
                    "lt" => Comparison.Less,
                    "lte" => Comparison.LessOrEqual,
                    _ => throw new ModifierFault($"'{modifier}' does not go with a comparison of numbers"),
                };
        }

        var number = new NumberTest(comparison, wanted, value.Text);
        return part is { } p ? new TimePartTest(p, number) : number;
    }

    private IEnumerable<Encoded> Apply(string modifier, Encoded value) => modifier switch
    {
        "contains" => [value with { Text = value.Plain().StartingWithAny().EndingWithAny(), Bytes = null }],
        "startswith" => [value with { Text = value.Plain().EndingWithAny(), Bytes = null }],
        "endswith" => [value with { Text = value.Plain().StartingWithAny(), Bytes = null }],
        "windash" => [value with { Text = Windash(value.Plain()) }],
        "expand" => Placeholders.Expand(value.Plain(), _options).Select(text => value with { Text = text }),
        "wide" or "utf16le" => [value.InBytes(Encoding.Unicode, [])],
        "utf16be" => [value.InBytes(Encoding.BigEndianUnicode, [])],
        "utf16" => [value.InBytes(Encoding.Unicode, [0xFF, 0xFE])],
        "base64" => [value.Base64()],
        "base64offset" => value.Base64Offsets(),
        _ => [value],
    };

    /// <summary>A dash or slash at the start of a word, as in <c>-x</c>, may be any of the five.</summary>
    private static SigmaText Windash(SigmaText text)
    {
        string characters = text.Characters;
        for (int i = 0; i < characters.Length - 1; i++)
        {
            bool starts = characters[i] is '-' or '/' && IsWord(characters[i + 1]) && text.Marks[i + 1] is Mark.Literal or Mark.Escaped
                && (i == 0 || !IsWord(characters[i - 1]) || text.Marks[i - 1] is Mark.Any or Mark.One);
            if (starts)
                text = text.WithMark(i, Mark.Dash);
        }

        return text;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static bool IsTimePart(string modifier) => modifier is "minute" or "hour" or "day" or "week" or "month" or "year";
}

/// <summary>A value that a modifier cannot be applied to.</summary>
internal sealed class ModifierFault(string message) : Exception(message);
