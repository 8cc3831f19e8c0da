using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Canary.Text;

namespace Canary.Models.Templates;

/// <summary>
/// Ways out of a template into the program that renders it (CVE-2024-34359 and its kin), and into its memory and time: what no template
/// that lays out a conversation has a use for.
/// </summary>
internal sealed partial class TemplateEscape(JinjaFold fold, TemplateReport report)
{
    private const string Code = "jinja-escape";

    /// <summary>Jinja's own sandbox counts no further.</summary>
    private const long MostCounted = 100_000;

    private const double MostRounds = 10_000_000;

    private static readonly FrozenSet<string> Inner = FrozenSet.Create(StringComparer.Ordinal,
        "mro", "subclasses", "func_globals", "func_code", "func_closure", "func_defaults", "gi_frame", "gi_code", "gi_yieldfrom", "cr_frame",
        "cr_code", "cr_await", "ag_frame", "ag_code", "f_globals", "f_locals", "f_builtins", "f_back", "f_code", "tb_frame", "tb_next", "co_code",
        "im_func", "im_self", "im_class", "popen", "format_map");

    private static readonly FrozenSet<string> Calls = FrozenSet.Create(StringComparer.Ordinal,
        "getattr", "setattr", "delattr", "eval", "exec", "compile", "open", "globals", "locals", "vars", "breakpoint");

    // What Jinja, Flask and their like put beside the conversation.
    private static readonly FrozenSet<string> Foreign = FrozenSet.Create(StringComparer.Ordinal,
        "self", "request", "config", "cycler", "joiner", "lipsum", "url_for", "get_flashed_messages", "namespace");

    private static readonly FrozenSet<string> ByAttribute = FrozenSet.Create(StringComparer.Ordinal,
        "map", "selectattr", "rejectattr", "groupby", "sum", "sort", "unique", "min", "max");

    private static readonly FrozenSet<string> Widths = FrozenSet.Create(StringComparer.Ordinal,
        "center", "ljust", "rjust", "zfill", "indent", "wordwrap", "batch", "slice", "expandtabs");

    private readonly HashSet<string> _own = new(StringComparer.Ordinal);

    public void Check(IReadOnlyList<JinjaNode> nodes)
    {
        foreach (var node in JinjaWalk.All(nodes))
            Own(node);
        foreach (var node in JinjaWalk.All(nodes))
            Check(node);
        Rounds(nodes, 1);
    }

    /// <summary>Whether a text that could not be parsed has names that only an escape has.</summary>
    public static bool Mentions(string text) => Dunder().IsMatch(text);

    private void Own(JinjaNode node)
    {
        IEnumerable<string?> names = node switch
        {
            JinjaSet s => [JinjaFold.Key(s.Target)],
            JinjaMacro m => [m.Name, .. m.Parameters.Select(p => p.Name)],
            JinjaBlock b => b.Parts.Select(p => p.Name),
            JinjaFor f => f.Target is JinjaList l ? l.Entries.Select(JinjaFold.Key) : [JinjaFold.Key(f.Target)],
            _ => [],
        };
        _own.UnionWith(names.OfType<string>());
    }

    private void Check(JinjaNode node)
    {
        switch (node)
        {
            case JinjaTag { Word: "include" or "import" or "extends" or "from" } tag:
                Deny(tag, $"it takes in another file by {tag.Word}");
                break;
            case JinjaTag { Word: "debug" } tag:
                report.Add("jinja-foreign-name", ModelVerdict.Unknown, tag.At, "it shows the program's own variables");
                break;
            case JinjaConstant { Value: string text } constant:
                Text(constant, text);
                break;
            case JinjaName name:
                Attribute(name, name.Name);
                break;
            case JinjaAttribute a:
                Attribute(a, a.Name);
                Foreigner(a.Target);
                break;
            case JinjaIndex { Index: not JinjaSlice } i:
                Index(i);
                Foreigner(i.Target);
                break;
            case JinjaFilter f:
                Filter(f);
                break;
            case JinjaTest t when IsInner(t.Name):
                Deny(t, $"it uses {Printable.Line(t.Name, 40)}");
                break;
            case JinjaCall c:
                Call(c);
                break;
            case JinjaBinary b:
                Binary(b);
                break;
            case JinjaMacro m:
                Names(m, m.Parameters);
                break;
        }
    }

    private void Text(JinjaConstant constant, string text)
    {
        if (Dunder().IsMatch(text))
            Deny(constant, $"a text names {Printable.Line(Dunder().Match(text).Value, 40)}");
        else if (constant.Obscured)
            Obscured(constant, text.Contains('_', StringComparison.Ordinal), $"a text writes letters by their numbers: {Printable.Line(text, 60)}");
    }

    private void Obscured(JinjaConstant constant, bool underscore, string why) =>
        report.Add(underscore ? Code : "jinja-obscured", underscore ? ModelVerdict.Deny : ModelVerdict.Unknown, constant.At, why);

    private void Attribute(JinjaNode node, string name)
    {
        if (IsInner(name))
            Deny(node, $"it uses {Printable.Line(name, 40)}");
    }

    private static bool IsInner(string name) => name.Contains("__", StringComparison.Ordinal) && name.AsSpan().ContainsAnyExcept('_') || Inner.Contains(name);

    private void Index(JinjaIndex i)
    {
        if (fold.Text(i.Index) is { } name)
            Attribute(i, name);
        else if (IsBuilt(i.Index))
            report.Add("jinja-dynamic-attribute", ModelVerdict.Unknown, i.At, "it puts the name of an attribute together from pieces");
    }

    private static bool IsBuilt(JinjaNode index) => index switch
    {
        JinjaBinary { Operator: "~" } => true,
        JinjaBinary { Operator: "+" or "%" or "*" } b => IsBuilt(b.Left) || IsBuilt(b.Right) || IsText(b.Left) || IsText(b.Right),
        JinjaFilter f => f.Name is "join" or "format" or "replace" or "reverse" or "string" or "lower" or "upper",
        JinjaCall { Target: JinjaAttribute a } => a.Name is "join" or "format" or "replace",
        JinjaIndex { Index: JinjaSlice } => true,
        _ => false,
    };

    private static bool IsText(JinjaNode node) => node is JinjaConstant { Value: string };

    private void Filter(JinjaFilter f)
    {
        string[] parts = f.Name.Split('.');
        if (parts.Any(IsInner))
            Deny(f, $"it uses {Printable.Line(f.Name, 40)}");
        var first = f.Arguments.FirstOrDefault(a => a.Name is null)?.Value;
        if (f.Name == "attr" || f.Name == "map" && first is not null && fold.Text(first) is null or "attr")
        {
            string? name = fold.Text(f.Name == "attr" ? first : f.Arguments.Where(a => a.Name is null).ElementAtOrDefault(1)?.Value);
            if (name is null)
                Deny(f, "it takes an attribute whose name is only known when it runs");
            else
                Attribute(f, name);
        }
        else if (ByAttribute.Contains(f.Name))
        {
            foreach (var argument in f.Arguments)
            {
                foreach (string part in (fold.Text(argument.Value) ?? "").Split('.'))
                    Attribute(f, part);
            }
        }

        if (Widths.Contains(f.Name) && f.Arguments.Any(a => fold.Value(a.Value) is long and > MostCounted))
            Exhausts(f);
        Built(f);
        Foreigner(f.Target);
        Names(f, f.Arguments);
    }

    private void Call(JinjaCall c)
    {
        if (c.Target is JinjaName name && Calls.Contains(name.Name) && !_own.Contains(name.Name))
            Deny(c, $"it calls {name.Name}");
        if (c.Target is JinjaName { Name: "range" } && c.Arguments.Any(a => fold.Value(a.Value) is long and (> MostCounted or < -MostCounted)))
            Exhausts(c);
        if (c.Target is JinjaAttribute method && Widths.Contains(method.Name) && c.Arguments.Any(a => fold.Value(a.Value) is long and > MostCounted))
            Exhausts(c);
        Built(c);
        Names(c, c.Arguments);
    }

    private void Binary(JinjaBinary b)
    {
        bool large = fold.Value(b.Left) is long and > MostCounted || fold.Value(b.Right) is long and > MostCounted;
        if (b.Operator == "**" && (large || fold.Value(b.Right) is long and > 64)
            || b.Operator == "*" && large && (IsMany(b.Left) || IsMany(b.Right)))
            Exhausts(b);
        Built(b);
    }

    private bool IsMany(JinjaNode node) => node is JinjaList || fold.Value(node) is string or List<object?>;

    private void Built(JinjaNode node)
    {
        if (fold.Text(node) is { } text && Dunder().IsMatch(text))
            Deny(node, $"pieces make up {Printable.Line(Dunder().Match(text).Value, 40)}");
    }

    private void Foreigner(JinjaNode? target)
    {
        if (target is JinjaName name && Foreign.Contains(name.Name) && !_own.Contains(name.Name))
            report.Add("jinja-foreign-name", ModelVerdict.Unknown, name.At, $"it looks into {name.Name}, which is not of the conversation");
    }

    private void Names(JinjaNode node, IReadOnlyList<JinjaArgument> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument.Name is { } name && name.Contains("__", StringComparison.Ordinal))
                Deny(node, $"it names an argument {Printable.Line(name, 40)}");
        }
    }

    private void Rounds(IEnumerable<JinjaNode> nodes, double outer)
    {
        foreach (var node in nodes)
        {
            double rounds = outer;
            if (node is JinjaFor { Source: JinjaCall { Target: JinjaName { Name: "range" } } range } loop)
            {
                if (range.Arguments.Select(a => fold.Value(a.Value)).OfType<long>().DefaultIfEmpty(1).Max() is > 1 and var count)
                    rounds *= count;
                if (rounds > MostRounds)
                    Exhausts(loop);
            }

            Rounds(JinjaWalk.Children(node), rounds);
        }
    }

    private void Exhausts(JinjaNode node) => report.Add("jinja-exhausts", ModelVerdict.Deny, node.At, "it makes so much that it stops the program that renders it");

    private void Deny(JinjaNode node, string why) => report.Add(Code, ModelVerdict.Deny, node.At, why);

    // The names by which every way from an object to the interpreter goes.
    [GeneratedRegex("__(?:class|mro|base|bases|subclasses|subclasshook|globals|builtins?|import|init|init_subclass|new|call|dict|getattr|getattribute|getitem|setattr|setitem|delattr|reduce|reduce_ex|code|closure|self|func|module|loader|spec|doc|name|wrapped|kwdefaults|defaults|file|path|enter|exit|del|main|context|weakref|slots|format|str|repr|add|contains|iter|next|get|set|annotations)__", RegexOptions.CultureInvariant)]
    private static partial Regex Dunder();
}
