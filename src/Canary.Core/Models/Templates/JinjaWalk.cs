namespace Canary.Models.Templates;

/// <summary>The parts of a part. Trees are bounded where they are parsed, so that recursion over them is.</summary>
internal static class JinjaWalk
{
    public static IEnumerable<JinjaNode> All(IEnumerable<JinjaNode> nodes)
    {
        var left = new Stack<JinjaNode>(nodes.Reverse());
        while (left.TryPop(out var node))
        {
            yield return node;
            foreach (var child in Children(node).Reverse())
                left.Push(child);
        }
    }

    public static IEnumerable<JinjaNode> Children(JinjaNode node) => Parts(node).OfType<JinjaNode>();

    private static IEnumerable<JinjaNode?> Parts(JinjaNode node) => node switch
    {
        JinjaOutput o => [o.Value],
        JinjaIf i => i.Branches.SelectMany(b => b.Body.Prepend(b.Condition)),
        JinjaFor f => [f.Target, f.Source, f.Filter, .. f.Body, .. f.Else],
        JinjaSet s => [s.Target, s.Value, .. s.Body],
        JinjaMacro m => [.. Values(m.Parameters), .. m.Body],
        JinjaBlock b => [.. Values(b.Parts), .. b.Body],
        JinjaTag t => [t.Value],
        JinjaList l => l.Entries,
        JinjaDictionary d => d.Entries.SelectMany(e => new[] { e.Key, e.Value }),
        JinjaAttribute a => [a.Target],
        JinjaIndex i => [i.Target, i.Index],
        JinjaSlice s => [s.Start, s.Stop, s.Step],
        JinjaCall c => [c.Target, .. Values(c.Arguments)],
        JinjaFilter f => [f.Target, .. Values(f.Arguments)],
        JinjaTest t => [t.Target, .. Values(t.Arguments)],
        JinjaUnary u => [u.Operand],
        JinjaBinary b => [b.Left, b.Right],
        JinjaChoice c => [c.Then, c.Condition, c.Else],
        _ => [],
    };

    private static IEnumerable<JinjaNode?> Values(IReadOnlyList<JinjaArgument> arguments) => arguments.Select(a => a.Value);
}
