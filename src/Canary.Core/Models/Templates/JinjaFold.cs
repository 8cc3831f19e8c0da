using System.Globalization;
using System.Text;

namespace Canary.Models.Templates;

/// <summary>
/// What an expression is when it does not depend on the conversation: names are hidden by putting them together from pieces. Strings,
/// numbers and lists of them; everything else is not constant.
/// </summary>
internal sealed class JinjaFold
{
    private const int MostCharacters = 4096;
    private const long MostWork = 8_000_000;

    // What one tag can chain, and what its brackets can nest.
    private const int MostDepth = 1100;

    private readonly Dictionary<JinjaNode, object?> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, JinjaNode?> _assigned = new(StringComparer.Ordinal);
    private int _depth;
    private long _work;

    /// <param name="nodes">The whole template: a name that is assigned once has the value of that assignment.</param>
    public JinjaFold(IReadOnlyList<JinjaNode> nodes)
    {
        foreach (var node in JinjaWalk.All(nodes))
        {
            if (node is JinjaSet { Value: not null, Body.Count: 0 } set && Key(set.Target) is { } name)
                _assigned[name] = _assigned.ContainsKey(name) ? null : set.Value;
        }
    }

    /// <summary>A name, or an attribute of one, as a key: <c>ns.found</c>.</summary>
    public static string? Key(JinjaNode node) => node switch
    {
        JinjaName n => n.Name,
        JinjaAttribute { Target: JinjaName n } a => n.Name + "." + a.Name,
        JinjaIndex { Target: JinjaName n, Index: JinjaConstant { Value: string s } } => n.Name + "." + s,
        _ => null,
    };

    public string? Text(JinjaNode? node) => Value(node) as string;

    /// <summary>Whether there was more to compute than is computed, so that something may have been missed.</summary>
    public bool Exhausted => _work > MostWork;

    /// <summary>A string, a long, a bool, or a list; null where it is not constant.</summary>
    public object? Value(JinjaNode? node)
    {
        if (node is null || _depth >= MostDepth || Exhausted)
            return null;
        // Nothing is itself: what it is asked for while it is made is not constant.
        if (!_known.TryAdd(node, null))
            return _known[node];
        _depth++;
        object? value = Fold(node);
        _depth--;
        _work += 1 + value switch { string s => s.Length, List<object?> l => l.Count, _ => 0 };
        return _known[node] = value is string { Length: > MostCharacters } or List<object?> { Count: > MostCharacters } ? null : value;
    }

    private object? Fold(JinjaNode node) => node switch
    {
        JinjaConstant c => c.Value,
        JinjaName or JinjaAttribute when Key(node) is { } key && _assigned.GetValueOrDefault(key) is { } value => Value(value),
        JinjaList l => Listed(l.Entries),
        JinjaBinary b => Binary(b),
        JinjaIndex i => Index(Value(i.Target), i.Index),
        JinjaFilter f => Applied(f.Name, Target(f.Target), [.. f.Arguments.Select(a => Value(a.Value))]),
        JinjaCall { Target: JinjaAttribute a } c => Applied(a.Name, Value(a.Target), [.. c.Arguments.Select(x => Value(x.Value))], method: true),
        JinjaUnary { Operator: "-" } u => Value(u.Operand) is long n ? -n : null,
        JinjaChoice c => Value(c.Condition) is bool chosen ? Value(chosen ? c.Then : c.Else) : null,
        _ => null,
    };

    // dict(__cla=1, ss__=1)|join is the names of its arguments.
    private object? Target(JinjaNode? target) => target switch
    {
        JinjaCall { Target: JinjaName { Name: "dict" or "namespace" } } c => c.Arguments.Select(a => (object?)a.Name).ToList(),
        JinjaDictionary d => Listed(d.Entries.Select(e => e.Key)),
        _ => Value(target),
    };

    private List<object?>? Listed(IEnumerable<JinjaNode> entries)
    {
        var values = entries.Take(MostCharacters).Select(Value).ToList();
        return values.Contains(null) ? null : values;
    }

    private object? Binary(JinjaBinary b)
    {
        object? left = Value(b.Left), right = Value(b.Right);
        return (b.Operator, left, right) switch
        {
            ("~", not null, not null) => Shown(left) + Shown(right),
            ("+", string l, string r) => l + r,
            ("+", long l, long r) => unchecked(l + r),
            ("-", long l, long r) => unchecked(l - r),
            ("+", List<object?> l, List<object?> r) when l.Count + r.Count <= MostCharacters => (object)l.Concat(r).ToList(),
            ("*", string l, long n) => Repeated(l, n),
            ("*", long n, string r) => Repeated(r, n),
            ("*", long l, long r) => Math.BigMul(l, r) is var product && product >= long.MinValue && product <= long.MaxValue ? (long)product : null,
            ("%", string l, List<object?> r) => Formatted(l, r),
            ("%", string l, not null) => Formatted(l, [right]),
            _ => null,
        };
    }

    private static string? Repeated(string text, long times) =>
        times <= 0 ? "" : text.Length * (Int128)times <= MostCharacters ? string.Concat(Enumerable.Repeat(text, (int)times)) : null;

    private object? Index(object? target, JinjaNode index)
    {
        List<object?>? all = target switch { string s => [.. s.Select(c => (object?)c.ToString())], List<object?> l => l, _ => null };
        if (all is null)
            return null;
        if (index is not JinjaSlice slice)
            return Value(index) is long at && (at < 0 ? at + all.Count : at) is >= 0 and var place && place < all.Count ? all[(int)place] : null;
        long step = Value(slice.Step) as long? ?? 1;
        if (step == 0 || (slice.Step, slice.Start, slice.Stop) is (not null, _, _) && Value(slice.Step) is not long)
            return null;
        long Bound(JinjaNode? part, long otherwise) => Value(part) is long n ? Math.Clamp(n < 0 ? n + all.Count : n, step < 0 ? -1 : 0, step < 0 ? all.Count - 1 : all.Count)
            : otherwise;
        var picked = new List<object?>();
        long stop = Bound(slice.Stop, step < 0 ? -1 : all.Count);
        step = Math.Clamp(step, -MostCharacters - 1, MostCharacters + 1);
        for (long i = Bound(slice.Start, step < 0 ? all.Count - 1 : 0); step < 0 ? i > stop : i < stop; i += step)
            picked.Add(all[(int)i]);
        return target is string ? string.Concat(picked) : picked;
    }

    private static object? Applied(string name, object? target, object?[] arguments, bool method = false) => (name, target) switch
    {
        ("reverse", string s) => new string([.. s.Reverse()]),
        ("reverse", List<object?> l) => Enumerable.Reverse(l).ToList(),
        ("lower" or "casefold", string s) => s.ToLowerInvariant(),
        ("upper", string s) => s.ToUpperInvariant(),
        ("trim" or "strip", string s) => s.Trim(arguments is [string set, ..] ? set.ToCharArray() : null),
        ("safe" or "string" or "escape" or "e" or "forceescape" or "format_map" or "encode" or "decode", string s) => s,
        ("string", long n) => Shown(n),
        ("list", string s) => s.Select(c => (object?)c.ToString()).ToList(),
        ("list", List<object?> l) => l,
        ("first", List<object?> l) => l.FirstOrDefault(),
        ("last", List<object?> l) => l.LastOrDefault(),
        ("first", string { Length: > 0 } s) => s[..1],
        ("last", string { Length: > 0 } s) => s[^1..],
        ("join", string s) when method => arguments is [List<object?> l, ..] ? string.Join(s, l.Select(Shown)) : null,
        ("join", List<object?> l) => string.Join(arguments is [string by, ..] ? by : "", l.Select(Shown)),
        ("replace", string s) =>
            arguments is [string { Length: > 0 } old, string by, ..] && s.Length * (by.Length + 1L) <= 1 << 20
                ? s.Replace(old, by, StringComparison.Ordinal) : null,
        ("format", string s) => method ? Braced(s, arguments) : Formatted(s, [.. arguments]),
        ("default" or "d", not null) => target,
        _ => null,
    };

    private static string Shown(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    // %s, %d and %c: the three that make names.
    private static string? Formatted(string format, List<object?> arguments)
    {
        var text = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.Length && text.Length <= MostCharacters; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
                text.Append(format[i]);
            else if (format[++i] == '%')
                text.Append('%');
            else if (next < arguments.Count && arguments[next++] is { } argument)
                text.Append(format[i] == 'c' ? Letter(argument) : Shown(argument));
            else
                return null;
        }

        return text.ToString();
    }

    // {} and {0}, with or without «:c».
    private static string? Braced(string format, object?[] arguments)
    {
        var text = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.Length && text.Length <= MostCharacters; i++)
        {
            int close = format[i] == '{' ? format.IndexOf('}', i) : -1;
            if (close < 0)
            {
                text.Append(format[i]);
                continue;
            }

            string[] field = format[(i + 1)..close].Split(':');
            bool placed = int.TryParse(field[0], NumberStyles.None, CultureInfo.InvariantCulture, out int place);
            if (!placed && field[0].Length > 0 || arguments.ElementAtOrDefault(placed ? place : next++) is not { } argument)
                return null;
            text.Append(field is [_, "c"] ? Letter(argument) : Shown(argument));
            i = close;
        }

        return text.ToString();
    }

    private static string Letter(object value) => value is long code and > 0 and < 0xd800 ? ((char)code).ToString() : Shown(value);
}
