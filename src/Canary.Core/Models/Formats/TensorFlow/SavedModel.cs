using Canary.Models.Containers;
using Canary.Models.Formats.Protobuf;

namespace Canary.Models.Formats.TensorFlow;

/// <summary>Walks a <c>SavedModel</c> (saved_model.proto, graph.proto, function.proto): every node of the graphs and of their functions.</summary>
internal sealed class SavedModel(ProtoReader reader, ModelFacts facts, ModelInspection inspection)
{
    private const int MostInputs = 64, MostListed = 1000, MostTextBytes = 512, MostFunctions = 100_000, MostRounds = 16, MostKept = 64 * 1024 * 1024;

    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private readonly List<GraphScope> _scopes = [];
    private readonly HashSet<string> _functions = new(StringComparer.Ordinal);

    // In characters, roughly: hostile graphs are all nodes.
    private long _kept;

    public void Read()
    {
        Each(reader.Whole(), 2, MetaGraph);
        Close();
    }

    /// <summary>A graph alone, as it was frozen before there was SavedModel.</summary>
    public void ReadGraph()
    {
        Graph(reader.Whole(), reader.Whole());
        Close();
    }

    private void Close()
    {
        JudgePaths();
        if (reader.Exhausted)
            facts.Report("savedmodel-too-large", ModelVerdict.Unknown, inspection.At(0), $"only the first {ProtoReader.MostFields} fields were read");
    }

    private void MetaGraph(ProtoField meta)
    {
        var fields = reader.Message(meta);
        while (fields.Next(out var field))
        {
            if (field is { Number: 2, HasLength: true })
                Graph(reader.Message(field), reader.Message(field));
            else if (field is { Number: 6, HasLength: true })
                Asset(field);
        }

        CheckWhole(fields);
    }

    private void Asset(ProtoField asset) => Each(reader.Message(asset), 2, field =>
    {
        string name = reader.Text(field);
        if (MemberNames.Escapes(name))
            facts.Report("savedmodel-asset-path", ModelVerdict.Deny, inspection.At($"asset {name}"), "the asset lies outside of the model's folder");
        facts.ExternalFile(name);
    });

    private void Graph(ProtoMessage names, ProtoMessage graph)
    {
        // A node may call a function by the function's own name, as if it were an operator; the functions come last.
        Each(names, 2, library => Each(reader.Message(library), 1, function => Each(reader.Message(function), 1, signature =>
            Each(reader.Message(signature), 1, name =>
        {
            if (_functions.Count < MostFunctions)
                _functions.Add(reader.Text(name));
        }))));
        var scope = new GraphScope("", new HashSet<string>());
        _scopes.Add(scope);
        while (graph.Next(out var field))
        {
            if (field is { Number: 1, HasLength: true })
                Node(field, scope);
            else if (field is { Number: 2, HasLength: true })
                Each(reader.Message(field), 1, Function);
        }

        CheckWhole(graph);
    }

    private void Function(ProtoField function)
    {
        string name = "";
        var arguments = new HashSet<string>(StringComparer.Ordinal);
        var fields = reader.Message(function);
        while (fields.Next(out var field))
        {
            if (field is { Number: 1, HasLength: true })
                Signature(field, arguments, ref name);
        }

        CheckWhole(fields);
        // The nodes may come before the signature that names the function.
        var scope = new GraphScope(name, arguments);
        if (_scopes.Count < MostFunctions)
            _scopes.Add(scope);
        else if (_scopes.Count == MostFunctions)
            _scopes[0].Overflow();
        Each(reader.Message(function), 3, node => Node(node, scope));
    }

    private void Signature(ProtoField signature, HashSet<string> arguments, ref string name)
    {
        var fields = reader.Message(signature);
        while (fields.Next(out var field))
        {
            if (field is { Number: 1, HasLength: true })
                name = reader.Text(field);
            else if (field is { Number: 2, HasLength: true })
                Each(reader.Message(field), 1, f => arguments.Add(reader.Text(f)));
        }

        CheckWhole(fields);
    }

    private void Node(ProtoField node, GraphScope scope)
    {
        string name = "", kind = "", text = "";
        string? function = null;
        var inputs = new List<string>();
        var attributes = new List<ProtoField>();
        var fields = reader.Message(node);
        while (fields.Next(out var field))
        {
            if (!field.HasLength)
                continue;
            switch (field.Number)
            {
                case 1:
                    name = reader.Text(field);
                    break;
                case 2:
                    kind = reader.Text(field);
                    break;
                case 3 when inputs.Count < MostInputs:
                    if (reader.Text(field) is var input && !input.StartsWith('^'))
                        inputs.Add(input);
                    break;
                case 5 when attributes.Count < MostInputs:
                    attributes.Add(field);
                    break;
            }
        }

        CheckWhole(fields);
        List(name, kind, scope);
        if (kind == "Const" || GraphOperators.Calls.Contains(kind) || kind is "PrintV2")
        {
            foreach (var attribute in attributes)
                Attribute(attribute, ref text, ref function);
        }

        function ??= _functions.Contains(kind) ? kind : null;
        if (kind == "PrintV2" && text.StartsWith("file:", StringComparison.Ordinal))
            Fault(ModelVerdict.Deny, name, $"the operator PrintV2 writes to a file: {text}", scope);
        _kept += 100 + name.Length + text.Length + inputs.Sum(i => i.Length + 20);
        if (_kept > MostKept)
            scope.Overflow();
        else
            scope.Add(new GraphScope.Node(name, kind, inputs, text, function));
    }

    private void List(string name, string kind, GraphScope scope)
    {
        bool reaches = GraphOperators.Reaching.TryGetValue(kind, out var found);
        if (!reaches && !GraphOperators.Checkpoint.Contains(kind))
            return;
        if (_listed.Count < MostListed && _listed.Add(kind))
            facts.Operator(kind);
        if (reaches && found.Verdict != ModelVerdict.Allow)
            Fault(found.Verdict, name, $"the operator {kind} {found.Why}", scope);
    }

    // map<string, AttrValue>: the constant's tensor, the called function, or the stream of a print.
    private void Attribute(ProtoField attribute, ref string text, ref string? function)
    {
        string key = "";
        ProtoField? value = null;
        var fields = reader.Message(attribute);
        while (fields.Next(out var field))
        {
            if (field is { Number: 1, HasLength: true })
                key = reader.Text(field);
            else if (field is { Number: 2, HasLength: true })
                value = field;
        }

        CheckWhole(fields);
        if (value is not { } held || key is not ("value" or "f" or "output_stream"))
            return;
        string found = "";
        int number = key switch { "value" => 8, "f" => 10, _ => 2 };
        Each(reader.Message(held), number, content =>
        {
            if (number == 2)
                found = reader.Text(content, MostTextBytes);
            else
                Each(reader.Message(content), number == 8 ? 8 : 1, f => found = reader.Text(f, MostTextBytes));
        });
        if (key == "f")
            function = found;
        else
            text = found;
    }

    /// <summary>A checkpoint's path that stands in the model, or is handed by the model to a function that writes or reads a checkpoint.</summary>
    private void JudgePaths()
    {
        var touching = new HashSet<string>(StringComparer.Ordinal);
        foreach (var scope in _scopes)
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            if (scope.Full)
                facts.Report("savedmodel-too-large", ModelVerdict.Unknown, inspection.At("graph"),
                    "the graph has too many nodes for the origin of its paths to be known");
            foreach (var file in scope.Files)
            {
                // The second input of a merge is where it writes.
                foreach (string input in file.Inputs.Take(file.Operator == "MergeV2Checkpoints" ? 2 : 1).DefaultIfEmpty(""))
                {
                    var origin = scope.Trace([input], out string? text);
                    if (origin == GraphScope.Origin.Model)
                        Fault(ModelVerdict.Deny, file.Name, $"the operator {file.Operator} has a path that stands in the model: {text}", scope);
                    else if (origin == GraphScope.Origin.Computed)
                        Fault(ModelVerdict.Unknown, file.Name, $"the operator {file.Operator} has a path that the model computes", scope);
                    else if (origin == GraphScope.Origin.Caller && scope.Name.Length > 0)
                        touching.Add(scope.Name);
                }
            }
        }

        for (int round = 0, known = -1; known < touching.Count && round < MostRounds; round++)
        {
            known = touching.Count;
            foreach (var scope in _scopes.Where(s => s.Name.Length > 0 && !touching.Contains(s.Name)))
            {
                if (scope.Calls.Any(c => touching.Contains(c.Function!) && scope.Trace(c.Inputs.Take(1), out _) == GraphScope.Origin.Caller))
                    touching.Add(scope.Name);
            }
        }

        foreach (var scope in _scopes)
        {
            foreach (var call in scope.Calls.Where(c => touching.Contains(c.Function!)))
                JudgeCall(call, scope);
        }
    }

    // The path is the first input in what TensorFlow writes; whoever writes his own may put it elsewhere.
    private void JudgeCall(GraphScope.Node call, GraphScope scope)
    {
        var first = scope.Trace(call.Inputs.Take(1), out string? text);
        if (text is null)
            scope.Trace(call.Inputs, out text);
        if (first == GraphScope.Origin.Model || text is not null)
            Fault(ModelVerdict.Deny, call.Name, $"a function that touches files is called with a path that stands in the model: {text}", scope);
        else if (first == GraphScope.Origin.Computed)
            Fault(ModelVerdict.Unknown, call.Name, "a function that touches files is called with a path that the model computes", scope);
    }

    private void Fault(ModelVerdict verdict, string node, string why, GraphScope scope) =>
        facts.Report("savedmodel-operator", verdict, inspection.At(scope.Name.Length == 0 ? $"node {node}" : $"node {node} of {scope.Name}"), why);

    private void Each(ProtoMessage message, int number, Action<ProtoField> read)
    {
        while (message.Next(out var field))
        {
            if (field.Number == number && field.HasLength)
                read(field);
        }

        CheckWhole(message);
    }

    private void CheckWhole(ProtoMessage message)
    {
        if (message.Broken)
            facts.Report("savedmodel-broken", ModelVerdict.Deny, inspection.At(message.At), "what stands here is no protobuf");
    }
}
