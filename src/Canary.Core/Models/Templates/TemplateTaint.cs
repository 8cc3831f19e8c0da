using System.Collections.Frozen;

namespace Canary.Models.Templates;

/// <summary>
/// Which expressions hold what somebody wrote into the conversation, and which ask about it. By name, over the whole template and not by the
/// order of its statements: too much rather than too little.
/// </summary>
internal sealed class TemplateTaint(JinjaFold fold, JinjaScopes scopes)
{
    private static readonly FrozenSet<string> Contents = FrozenSet.Create(StringComparer.Ordinal,
        "content", "text", "reasoning_content", "reasoning", "thinking", "thoughts");

    private static readonly FrozenSet<string> Finders = FrozenSet.Create(StringComparer.Ordinal,
        "startswith", "endswith", "find", "rfind", "index", "rindex", "count", "split", "rsplit", "partition", "rpartition", "removeprefix", "removesuffix");

    private static readonly FrozenSet<string> Comparisons = FrozenSet.Create(StringComparer.Ordinal,
        "equalto", "eq", "ne", "sameas", "in", "match", "search", "contains", "startingwith", "containing", "lt", "gt", "le", "ge");

    private static readonly FrozenSet<string> Whole = FrozenSet.Create(StringComparer.Ordinal,
        "string", "tojson", "join", "urlencode", "pprint", "values", "items", "xmlattr");

    private readonly HashSet<string> _contents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _messages = new(StringComparer.Ordinal) { "messages", "loop_messages", "conversation" };
    private readonly HashSet<string> _dates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Trigger> _switches = new(StringComparer.Ordinal);

    // Answers hold until something is learned: without them a long chain is walked once for each of its links.
    private readonly Dictionary<JinjaNode, bool> _isContent = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<JinjaNode, Trigger> _asks = new(ReferenceEqualityComparer.Instance);

    /// <summary>Grows as more is learned; a template is walked until it does not.</summary>
    public int Known { get; private set; }

    /// <summary>What an assignment makes of its target.</summary>
    /// <param name="under">What the assignment itself hangs on.</param>
    public void Assign(JinjaNode target, JinjaNode value, Trigger under)
    {
        if (target is JinjaList { Entries: var targets })
        {
            foreach (var one in targets)
                Assign(one, value, under);
            return;
        }

        if (scopes.Key(target) is { } key)
            Assign(key, value, under);
    }

    public void Assign(string key, JinjaNode value, Trigger under)
    {
        bool content = IsContent(value);
        if (content)
            Learn(_contents, key);
        if (IsMessage(value))
            Learn(_messages, key);
        if (IsDate(value))
            Learn(_dates, key);
        var trigger = (Trigger)Math.Max((byte)under, (byte)Asks(value));
        // A content that was cut at a mark of the layout is still only a content.
        if ((trigger == Trigger.Word || trigger == Trigger.Mark && !content) && trigger > _switches.GetValueOrDefault(key))
        {
            _switches[key] = trigger;
            Learned();
        }
    }

    /// <summary>The variable of a loop over something.</summary>
    public void Loop(JinjaNode target, JinjaNode source)
    {
        bool both = source is JinjaCall { Target: JinjaAttribute { Name: "items" or "values" } a } && IsMessage(a.Target);
        foreach (var one in target is JinjaList l ? l.Entries : [target])
        {
            if (scopes.Key(one) is not { } key)
                continue;
            if (IsMessage(source))
                Learn(_messages, key);
            if (both || IsContent(source))
                Learn(_contents, key);
        }
    }

    public bool IsContent(JinjaNode? node)
    {
        if (node is null)
            return false;
        if (!_isContent.TryGetValue(node, out bool known))
            _isContent[node] = known = Holds(node);
        return known;
    }

    private void Learn(HashSet<string> names, string name)
    {
        if (names.Add(name))
            Learned();
    }

    private void Learned()
    {
        Known++;
        _isContent.Clear();
        _asks.Clear();
    }

    private bool Holds(JinjaNode node) => node switch
    {
        JinjaName => scopes.Key(node) is { } key && _contents.Contains(key),
        JinjaAttribute a => Contents.Contains(a.Name) || scopes.Key(a) is { } key && _contents.Contains(key),
        JinjaIndex i => Indexed(i),
        JinjaCall { Target: JinjaAttribute a } c => a.Name is "get" or "pop" ? c.Arguments.Any(x => fold.Text(x.Value) is { } t && Contents.Contains(t))
            : IsContent(a.Target) || c.Arguments.Any(x => IsContent(x.Value)),
        JinjaCall { Target: JinjaName { Name: not ("range" or "raise_exception" or "namespace" or "strftime_now") } } c => c.Arguments.Any(x => IsContent(x.Value)),
        JinjaFilter { Name: "length" or "count" } => false,
        JinjaFilter f => IsContent(f.Target) || Whole.Contains(f.Name) && IsMessage(f.Target)
            || f.Name == "map" && f.Arguments.Any(x => fold.Text(x.Value) is { } t && Contents.Contains(t)),
        JinjaBinary { Operator: "+" or "~" or "%" or "*" or "or" or "and" } b => IsContent(b.Left) || IsContent(b.Right),
        JinjaChoice c => IsContent(c.Then) || IsContent(c.Else),
        JinjaList l => l.Entries.Any(IsContent),
        _ => false,
    };

    public bool IsMessage(JinjaNode? node) => node switch
    {
        JinjaName n => n.Name == "message" || scopes.Key(n) is { } key && _messages.Contains(key),
        JinjaAttribute a => scopes.Key(a) is { } key && _messages.Contains(key),
        JinjaIndex i => IsMessage(i.Target) && fold.Text(i.Index) is null,
        JinjaFilter { Name: "list" or "reverse" or "select" or "reject" or "selectattr" or "rejectattr" or "first" or "last" or "sort" } f => IsMessage(f.Target),
        JinjaBinary { Operator: "+" or "or" } b => IsMessage(b.Left) || IsMessage(b.Right),
        JinjaChoice c => IsMessage(c.Then) || IsMessage(c.Else),
        _ => false,
    };

    /// <summary>Whether an expression asks what somebody wrote, or which day it is; only what hangs on a whole condition.</summary>
    public Trigger Asks(JinjaNode? node)
    {
        if (node is null)
            return Trigger.None;
        if (!_asks.TryGetValue(node, out var known))
            _asks[node] = known = Finds(node);
        return known;
    }

    private Trigger Finds(JinjaNode node)
    {
        var own = node switch
        {
            JinjaBinary { Operator: "and" } b => Both(b),
            JinjaBinary { Operator: "==" or "!=" or "in" or "not in" or "<" or ">" or "<=" or ">=" } b => Compares(b),
            JinjaCall { Target: JinjaAttribute a } c when Finders.Contains(a.Name) && IsContent(a.Target) => Sought(c.Arguments.Select(x => x.Value)),
            JinjaTest t when Comparisons.Contains(t.Name) && IsContent(t.Target) => Sought(t.Arguments.Select(x => x.Value)),
            JinjaFilter { Name: "selectattr" or "rejectattr" } f when f.Arguments is [var by, ..] && fold.Text(by.Value) is { } name && name.Split('.').Any(Contents.Contains) =>
                Sought(f.Arguments.Skip(2).Select(x => x.Value)),
            JinjaFilter { Name: "select" or "reject" } f when IsContent(f.Target) => Sought(f.Arguments.Skip(1).Select(x => x.Value)),
            JinjaName or JinjaAttribute when scopes.Key(node) is { } key => _switches.GetValueOrDefault(key),
            _ => Trigger.None,
        };
        foreach (var child in node is JinjaBinary { Operator: "and" } ? [] : JinjaWalk.Children(node))
        {
            if (own == Trigger.Word)
                break;
            own = (Trigger)Math.Max((byte)own, (byte)Asks(child));
        }

        return own;
    }

    /// <summary>What is a mapping has keys, and asking for one of them is no question about what was written.</summary>
    private Trigger Both(JinjaBinary both)
    {
        var operands = new List<JinjaNode>();
        JinjaNode left = both;
        for (; left is JinjaBinary { Operator: "and" } b; left = b.Left)
            operands.Add(b.Right);
        operands.Add(left);
        var mappings = operands.OfType<JinjaTest>().Where(t => t.Name == "mapping")
            .Select(t => scopes.Key(t.Target)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return operands.Where(o => !(o is JinjaBinary { Operator: "in" } b && scopes.Key(b.Right) is { } key && mappings.Contains(key)))
            .Select(Asks).DefaultIfEmpty().Max();
    }

    private bool Indexed(JinjaIndex i) => fold.Text(i.Index) is { } name
        ? Contents.Contains(name) || scopes.Key(i) is { } key && _contents.Contains(key)
        : IsContent(i.Target);

    private Trigger Compares(JinjaBinary b)
    {
        bool left = IsContent(b.Left), right = IsContent(b.Right);
        if (left != right)
            return Sought([left ? b.Right : b.Left]);
        return (IsDate(b.Left) || IsDate(b.Right)) && (fold.Value(b.Left) ?? fold.Value(b.Right)) is string { Length: > 0 } or long ? Trigger.Word : Trigger.None;
    }

    private bool IsDate(JinjaNode node) => node is JinjaName n && scopes.Key(n) is { } name && _dates.Contains(name)
        || node is JinjaCall { Target: JinjaName { Name: "strftime_now" } } || node is JinjaFilter f && f.Target is not null && IsDate(f.Target)
        || node is JinjaAttribute a && scopes.Key(a) is { } key && _dates.Contains(key)
        || node is JinjaIndex { Index: JinjaSlice } i && IsDate(i.Target) || node is JinjaBinary { Operator: "+" or "~" } b && (IsDate(b.Left) || IsDate(b.Right));

    private Trigger Sought(IEnumerable<JinjaNode?> literals)
    {
        var worst = Trigger.None;
        foreach (var literal in literals)
        {
            var trigger = fold.Value(literal) switch
            {
                string s => TemplateWords.Of(s),
                List<object?> l => l.OfType<string>().Select(TemplateWords.Of).DefaultIfEmpty().Max(),
                long or bool or double => Trigger.None,
                // What is sought is only known when it runs.
                _ => literal is null or JinjaConstant or JinjaDictionary || IsMessage(literal) ? Trigger.None : Trigger.Mark,
            };
            worst = trigger > worst ? trigger : worst;
        }

        return worst;
    }
}
