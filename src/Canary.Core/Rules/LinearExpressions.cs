using System.Text.RegularExpressions;

namespace Canary.Rules;

/// <summary>
/// The expressions that one engine runs in linear time now. Each takes a megabyte or so, hence a bound: the least recently used one
/// goes back to the interpreter, and to its limit, when another needs the room. Every text is decided all the same.
/// </summary>
internal sealed class LinearExpressions(int most = LinearExpressions.Most)
{
    public const int Most = 64;

    private readonly Dictionary<RegexTest, LinkedListNode<(RegexTest Test, Regex Regex)>> _nodes = [];
    private readonly LinkedList<(RegexTest Test, Regex Regex)> _byUse = new();

    public int Count => _nodes.Count;

    /// <summary>How often a text took an expression past its limit.</summary>
    public long Slowed { get; private set; }

    /// <summary>How often one had to make room.</summary>
    public long Evicted { get; private set; }

    public Regex? Find(RegexTest test)
    {
        if (!_nodes.TryGetValue(test, out var node))
            return null;
        _byUse.Remove(node);
        _byUse.AddLast(node);
        return node.Value.Regex;
    }

    public Regex Add(RegexTest test)
    {
        Slowed++;
        if (_nodes.Count >= most)
        {
            Evicted++;
            _nodes.Remove(_byUse.First!.Value.Test);
            _byUse.RemoveFirst();
        }

        var linear = new Regex(test.Regex.ToString(), test.Regex.Options | RegexOptions.NonBacktracking);
        _nodes[test] = _byUse.AddLast((test, linear));
        return linear;
    }
}
