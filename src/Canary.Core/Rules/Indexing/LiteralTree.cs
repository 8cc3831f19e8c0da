using System.Numerics;
using System.Text;

namespace Canary.Rules.Indexing;

/// <summary>
/// Finds which of many literals a text starts with, or ends with, by walking down a tree of their characters, no further than the
/// longest of them that the text follows.
/// </summary>
internal sealed class LiteralTree
{
    private readonly bool _fromEnd;
    private readonly Node[] _nodes;
    private readonly Output[] _outputs;
    /// <param name="literals">In capitals, ASCII. <c>Whole</c>: the text must be no longer than the literal.</param>
    public LiteralTree(IReadOnlyCollection<(string Literal, bool Whole, int Bit)> literals, bool fromEnd)
    {
        _fromEnd = fromEnd;
        var root = new Growing();
        foreach (var (literal, whole, bit) in literals)
        {
            var at = root;
            for (int i = 0; i < literal.Length; i++)
            {
                int symbol = SymbolOf((byte)literal[fromEnd ? literal.Length - 1 - i : i]);
                if (!at.Children.TryGetValue(symbol, out var child))
                    at.Children[symbol] = child = new Growing();
                at = child;
            }

            at.Ends.Add((literal, whole, bit));
        }

        var nodes = new List<Node>();
        var outputs = new List<Output>();
        var queue = new Queue<Growing>([root]);
        int next = 1;
        while (queue.TryDequeue(out var growing))
        {
            ulong children = 0;
            foreach (var (symbol, child) in growing.Children)
            {
                children |= 1UL << symbol;
                queue.Enqueue(child);
            }

            nodes.Add(new Node(children, next, outputs.Count));
            next += growing.Children.Count;
            foreach (var (literal, whole, bit) in growing.Ends)
                outputs.Add(new Output(bit, whole, literal.All(c => IsExact((byte)c)), literal));
        }

        nodes.Add(new Node(0, next, outputs.Count));
        (_nodes, _outputs) = ([.. nodes], [.. outputs]);
    }

    public long Bytes => (_nodes.Length + _outputs.Length) * 16L;

    public void Scan(FoldedText text, AtomBits bits)
    {
        var bytes = text.Text;
        var nodes = _nodes;
        int at = 0;
        bool exact = true;
        for (int depth = 0; depth < bytes.Length; depth++)
        {
            byte b = _fromEnd ? bytes[bytes.Length - 1 - depth] : bytes[depth];
            if (b >= FoldedText.NotAscii)
                return;
            exact &= IsExact(b);
            int symbol = SymbolOf(b);
            ulong children = nodes[at].Children;
            if ((children & (1UL << symbol)) == 0)
                return;
            at = nodes[at].FirstChild + BitOperations.PopCount(children & ((1UL << symbol) - 1));
            if (nodes[at + 1].FirstOutput != nodes[at].FirstOutput)
                Report(at, bytes, exact, bits);
        }
    }

    private void Report(int node, ReadOnlySpan<byte> text, bool exact, AtomBits bits)
    {
        foreach (var output in _outputs.AsSpan(_nodes[node].FirstOutput, _nodes[node + 1].FirstOutput - _nodes[node].FirstOutput))
        {
            int length = output.Literal.Length;
            if (output.Whole && length != text.Length)
                continue;
            if (!(exact && output.IsExact) && !Ascii.Equals(_fromEnd ? text[^length..] : text[..length], output.Literal))
                continue;
            bits.Set(output.Bit);
        }
    }

    private static bool IsExact(byte b) => b is >= 0x20 and < 0x60;

    // 64 symbols hold what literals are made of. The rest share with those, and where the text or the literal has such it is compared.
    private static int SymbolOf(byte b) => (b - 0x20) & 63;

    private readonly record struct Node(ulong Children, int FirstChild, int FirstOutput);

    private readonly record struct Output(int Bit, bool Whole, bool IsExact, string Literal);

    private sealed class Growing
    {
        public SortedDictionary<int, Growing> Children { get; } = [];

        public List<(string Literal, bool Whole, int Bit)> Ends { get; } = [];
    }
}
