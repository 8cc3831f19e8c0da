using System.Globalization;

namespace Canary.Models.Templates;

/// <summary>
/// Tells the variables of loops and the parameters of macros from others of the same name. What is set keeps one name in the whole template:
/// it may have come in from outside.
/// </summary>
internal sealed class JinjaScopes
{
    private readonly Dictionary<JinjaName, string> _names = new(ReferenceEqualityComparer.Instance);

    public JinjaScopes(IReadOnlyList<JinjaNode> nodes)
    {
        foreach (var node in nodes)
            Walk(node, null);
    }

    public static string Parameter(JinjaMacro macro, string name) => Within(macro, name);

    /// <summary>A name, or an attribute of one, as a key that no other variable has; null for anything else.</summary>
    public string? Key(JinjaNode node) => node switch
    {
        JinjaName n => Name(n),
        JinjaAttribute { Target: JinjaName n } a => Name(n) + "." + a.Name,
        JinjaIndex { Target: JinjaName n, Index: JinjaConstant { Value: string s } } => Name(n) + "." + s,
        _ => null,
    };

    private string Name(JinjaName name) => _names.GetValueOrDefault(name) ?? name.Name;

    private static string Within(JinjaNode owner, string name) => string.Create(CultureInfo.InvariantCulture, $"{name}@{owner.At}");

    private void Walk(JinjaNode? node, Scope? scope)
    {
        switch (node)
        {
            case null:
                return;
            case JinjaName name:
                for (var outer = scope; outer is not null; outer = outer.Outer)
                {
                    if (outer.Names.Contains(name.Name))
                    {
                        _names[name] = Within(outer.Owner, name.Name);
                        return;
                    }
                }

                return;
            case JinjaFor loop:
                Walk(loop.Source, scope);
                var targets = loop.Target is JinjaList l ? l.Entries : [loop.Target];
                var inner = new Scope(loop, [.. targets.OfType<JinjaName>().Select(n => n.Name)], scope);
                foreach (var part in loop.Body.Concat(loop.Else).Append(loop.Filter).Append(loop.Target))
                    Walk(part, inner);
                return;
            case JinjaMacro macro:
                scope = new Scope(macro, [.. macro.Parameters.Select(p => p.Name!)], scope);
                break;
        }

        foreach (var child in JinjaWalk.Children(node))
            Walk(child, scope);
    }

    private sealed record Scope(JinjaNode Owner, HashSet<string> Names, Scope? Outer);
}
