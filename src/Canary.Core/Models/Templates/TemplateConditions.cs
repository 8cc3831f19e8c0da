using System.Globalization;

namespace Canary.Models.Templates;

/// <summary>
/// Text that a template brings itself and says only when somebody wrote a certain thing, or on a certain day: a model that was poisoned
/// without touching its numbers.
/// </summary>
internal sealed class TemplateConditions(IReadOnlyList<JinjaNode> template, JinjaFold fold, TemplateReport report)
{
    private const string Code = "jinja-conditional-text";

    /// <summary>Words from which on it is a sentence.</summary>
    private const int Sentence = 3;

    private const int MostRounds = 12;

    private readonly TemplateTaint _taint = new(fold, new JinjaScopes(template));
    private readonly Dictionary<string, JinjaMacro> _macros = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Trigger> _called = new(StringComparer.Ordinal);
    private bool _reporting;

    public void Check()
    {
        foreach (var macro in JinjaWalk.All(template).OfType<JinjaMacro>())
            _macros[macro.Name] = macro;
        // A name may be used above the line that fills it.
        for (int round = 0, known = -1; round < MostRounds && known != Known; round++)
        {
            known = Known;
            Walk(template, null);
        }

        _reporting = true;
        Walk(template, null);
    }

    private int Known => _taint.Known + _called.Sum(c => 1 + (int)c.Value);

    private void Walk(IEnumerable<JinjaNode?> nodes, Branch? branch)
    {
        foreach (var node in nodes)
            Walk(node, branch);
    }

    private void Walk(JinjaNode? node, Branch? branch)
    {
        switch (node)
        {
            case JinjaLiteral text:
                Says(text.Text, branch);
                break;
            case JinjaOutput output:
                Expression(output.Value, branch);
                break;
            case JinjaIf choice:
                // The last branch hangs on all conditions.
                var asked = choice.Branches.Max(b => _taint.Asks(b.Condition));
                Under(asked, choice, branch, inner =>
                {
                    foreach (var (condition, body) in choice.Branches)
                    {
                        Calls(condition, branch);
                        Walk(body, inner);
                    }
                });
                break;
            case JinjaFor loop:
                _taint.Loop(loop.Target, loop.Source);
                Calls(loop.Source, branch);
                var over = (Trigger)Math.Max((byte)_taint.Asks(loop.Source), (byte)_taint.Asks(loop.Filter));
                Under(over, loop, branch, inner => Walk(loop.Body.Concat(loop.Else), inner));
                break;
            case JinjaSet set:
                Set(set, branch);
                break;
            case JinjaMacro macro:
                Under(_called.GetValueOrDefault(macro.Name), macro, null, inner => Walk(macro.Body, inner));
                break;
            case JinjaBlock block:
                foreach (var part in block.Parts)
                {
                    if (part is { Name: { } name, Value: { } value })
                        _taint.Assign(new JinjaName(block.At, name), value, branch?.Trigger ?? Trigger.None);
                    Calls(part.Value, branch);
                }

                Walk(block.Body, branch);
                break;
            case JinjaTag { Word: "do", Value: { } done }:
                Expression(done, branch);
                break;
        }
    }

    private void Set(JinjaSet set, Branch? branch)
    {
        var under = branch?.Trigger ?? Trigger.None;
        if (set.Value is not null)
        {
            _taint.Assign(set.Target, set.Value, under);
            Expression(set.Value, branch);
        }

        foreach (var output in JinjaWalk.All(set.Body).OfType<JinjaOutput>())
            _taint.Assign(set.Target, output.Value, under);
        foreach (var condition in JinjaWalk.All(set.Body).OfType<JinjaIf>().SelectMany(i => i.Branches).Select(b => b.Condition))
            _taint.Assign(set.Target, new JinjaConstant(set.At, ""), _taint.Asks(condition));
        Walk(set.Body, branch);
    }

    private void Under(Trigger trigger, JinjaNode at, Branch? outer, Action<Branch?> walk)
    {
        if (trigger <= (outer?.Trigger ?? Trigger.None))
        {
            walk(outer);
            return;
        }

        var inner = new Branch(trigger);
        walk(inner);
        Judge(inner, at.At);
        outer?.Adds(inner.Words);
    }

    private void Judge(Branch branch, int at)
    {
        if (_reporting && branch.Words > 0 && (branch.Trigger == Trigger.Word || branch.Words >= Sentence))
            report.Add(Code, branch is { Trigger: Trigger.Word, Words: >= Sentence } ? ModelVerdict.Deny : ModelVerdict.Unknown, at,
                string.Create(CultureInfo.InvariantCulture, $"it adds {branch.Words} words of its own, depending on what was written or on the date"));
    }

    private void Says(string text, Branch? branch)
    {
        if (_reporting)
            branch?.Adds(TemplateWords.Count(text));
    }

    /// <summary>What an expression says of its own, and what within it hangs on a question.</summary>
    private void Expression(JinjaNode? node, Branch? branch)
    {
        switch (node)
        {
            case JinjaConstant { Value: string text }:
                Says(text, branch);
                break;
            case JinjaChoice choice:
                Calls(choice.Condition, branch);
                Under(_taint.Asks(choice.Condition), choice, branch, inner => { Expression(choice.Then, inner); Expression(choice.Else, inner); });
                break;
            case JinjaBinary { Operator: "and" or "or" } both:
                Under(_taint.Asks(both.Left), both, branch, inner => { Expression(both.Left, inner); Expression(both.Right, inner); });
                break;
            case JinjaBinary { Operator: "==" or "!=" or "in" or "not in" or "<" or ">" or "<=" or ">=" } or JinjaTest:
                Calls(node, branch);
                break;
            case JinjaIndex { Index: var index } looked:
                // A table that is looked up by what was written is a condition with many branches.
                bool table = _taint.IsContent(index) && !_taint.IsContent(looked.Target) && !_taint.IsMessage(looked.Target) || _taint.Asks(index) > Trigger.None;
                Under(table ? Trigger.Word : Trigger.None, looked, branch, inner => Expression(looked.Target, inner));
                break;
            case JinjaAttribute { Target: var of }:
                Expression(of, branch);
                break;
            case JinjaFilter f:
                Expression(f.Target, branch);
                Rewrites(f.Name, f.Target, f.Arguments, f.At);
                if (f.Name is "default" or "d" or "replace" or "format" or "join")
                    Walk(f.Arguments, branch);
                break;
            case JinjaCall c:
                Call(c, branch);
                break;
            case null or JinjaLiteral:
                break;
            default:
                foreach (var child in JinjaWalk.Children(node))
                    Expression(child, branch);
                break;
        }
    }

    private void Walk(IReadOnlyList<JinjaArgument> arguments, Branch? branch)
    {
        foreach (var argument in arguments)
            Expression(argument.Value, branch);
    }

    private void Call(JinjaCall c, Branch? branch)
    {
        if (c.Target is JinjaName { Name: "raise_exception" or "strftime_now" or "range" })
            return;
        Macro(c, branch);
        if (c.Target is JinjaAttribute { Name: "get" } get && get.Target is not JinjaName && c.Arguments.Any(a => _taint.IsContent(a.Value)))
        {
            Under(Trigger.Word, c, branch, inner => Expression(get.Target, inner));
            return;
        }

        if (c.Target is JinjaAttribute method)
        {
            Expression(method.Target, branch);
            Rewrites(method.Name, method.Target, c.Arguments, c.At);
            if (method.Name is not ("format" or "join" or "replace" or "get" or "append" or "update"))
                return;
        }

        Walk(c.Arguments, branch);
    }

    private void Rewrites(string name, JinjaNode? target, IReadOnlyList<JinjaArgument> arguments, int at)
    {
        if (name != "replace" || arguments.Count < 2 || !_taint.IsContent(target))
            return;
        var branch = new Branch(fold.Text(arguments[0].Value) is { } sought ? TemplateWords.Of(sought) : Trigger.Mark);
        Expression(arguments[1].Value, branch);
        Judge(branch, at);
    }

    /// <summary>Macros that a condition or a source calls.</summary>
    private void Calls(JinjaNode? node, Branch? branch)
    {
        if (node is null)
            return;
        foreach (var call in JinjaWalk.All([node]).OfType<JinjaCall>())
            Macro(call, branch);
    }

    private void Macro(JinjaCall c, Branch? branch)
    {
        if (c.Target is not JinjaName name || !_macros.TryGetValue(name.Name, out var macro))
            return;
        var under = branch?.Trigger ?? Trigger.None;
        _called[macro.Name] = under > _called.GetValueOrDefault(macro.Name) ? under : _called.GetValueOrDefault(macro.Name);
        int place = 0;
        foreach (var argument in c.Arguments)
        {
            string? parameter = argument.Name ?? macro.Parameters.ElementAtOrDefault(place++)?.Name;
            if (parameter is not null && argument.Value is { } value)
                _taint.Assign(JinjaScopes.Parameter(macro, parameter), value, Trigger.None);
        }
    }

    /// <summary>A part that hangs on a question, and how many words it has of its own.</summary>
    private sealed class Branch(Trigger trigger)
    {
        public Trigger Trigger => trigger;

        public int Words { get; private set; }

        public void Adds(int words) => Words += words;
    }
}
