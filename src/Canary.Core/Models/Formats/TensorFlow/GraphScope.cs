using Canary.Models.Containers;

namespace Canary.Models.Formats.TensorFlow;

/// <summary>The nodes of one graph, or of one function, through which paths may pass.</summary>
/// <param name="name">Of the function; empty for the graph.</param>
/// <param name="arguments">Of the function.</param>
internal sealed class GraphScope(string name, IReadOnlySet<string> arguments)
{
    private const int MostNodes = 200_000, MostSteps = 256;

    private readonly Dictionary<string, Node> _paths = new(StringComparer.Ordinal);

    /// <summary>Where a path comes from.</summary>
    public enum Origin : byte
    {
        /// <summary>Whoever runs the model gives it.</summary>
        Caller,

        /// <summary>It stands in the model, as the name that TensorFlow's saver gives a file that nobody named.</summary>
        Default,

        /// <summary>Operators compute it, which are not followed.</summary>
        Computed,

        /// <summary>It stands in the model.</summary>
        Model,
    }

    public string Name { get; } = name;

    /// <summary>Nodes that touch the files of checkpoints, and calls of functions.</summary>
    public List<Node> Files { get; } = [];

    public List<Node> Calls { get; } = [];

    /// <summary>Nodes were left out: where paths come from is not known.</summary>
    public bool Full { get; private set; }

    public void Overflow() => Full = true;

    public void Add(Node node)
    {
        Full |= _paths.Count >= MostNodes || Files.Count >= MostNodes || Calls.Count >= MostNodes;
        if (Full)
            return;
        if (GraphOperators.Paths.Contains(node.Operator))
            _paths[node.Name] = node;
        if (GraphOperators.Checkpoint.Contains(node.Operator))
            Files.Add(node);
        if (node.Function is not null)
            Calls.Add(node);
    }

    /// <summary>Where a path comes from that is put together from these inputs.</summary>
    /// <param name="text">In the model, that leads out of its folder; null where there is none.</param>
    public Origin Trace(IEnumerable<string> inputs, out string? text)
    {
        text = null;
        bool caller = false, standard = false, computed = false;
        var open = new Stack<string>(inputs);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int step = 0; step < MostSteps && open.TryPop(out string? input); step++)
        {
            // «name:output:index», «name:index» or «name».
            string source = input.Split(':', 2)[0];
            if (!seen.Add(source))
                continue;
            if (!_paths.TryGetValue(source, out var from))
                _ = arguments.Contains(source) ? caller = true : computed = true;
            else if (from.Operator is "Placeholder" or "PlaceholderWithDefault")
                caller = true;
            else if (from.Operator == "Const")
                Constant(from.Text, ref standard, ref text);
            else
                Push(from, open);
        }

        return text is not null ? Origin.Model
            : computed || open.Count > 0 ? Origin.Computed
            : caller ? Origin.Caller
            : standard ? Origin.Default : Origin.Model;
    }

    // What decides between two paths is no path.
    private static void Push(Node node, Stack<string> open)
    {
        foreach (string input in node.Inputs.Skip(node.Operator is "Select" or "SelectV2" ? 1 : 0))
            open.Push(input);
    }

    private static void Constant(string value, ref bool standard, ref string? leads)
    {
        standard |= value == "model";
        if (value.Length > 0 && (MemberNames.Escapes(value) || value.Contains("://", StringComparison.Ordinal)))
            leads = value;
    }

    /// <param name="Text">Of a constant; cut.</param>
    /// <param name="Function">That it calls.</param>
    internal sealed record Node(string Name, string Operator, List<string> Inputs, string Text, string? Function);
}
