using Canary.Models.Formats.Protobuf;

namespace Canary.Models.Formats.Onnx;

/// <summary>Walks a <c>ModelProto</c> (onnx.proto, IR version 13): graphs, functions and training graphs, at whatever depth.</summary>
internal sealed class OnnxModel(ProtoReader reader, ModelFacts facts, ModelInspection inspection)
{
    // Graphs within attributes of nodes; two or three are usual.
    private const int MostDepth = 32;

    private readonly OnnxTensor _tensor = new(reader, facts, inspection);
    private readonly OnnxOperators _operators = new(facts, inspection);

    public static void CheckWhole(ProtoMessage message, ModelFacts facts, ModelInspection inspection)
    {
        if (message.Broken)
            facts.Report("onnx-broken", ModelVerdict.Deny, inspection.At(message.At), "what stands here is no protobuf");
    }

    public void Read()
    {
        bool graph = false;
        var fields = reader.Whole();
        while (fields.Next(out var field))
        {
            switch (field.Number)
            {
                case 7 when field.HasLength:
                    graph = true;
                    Graph(field, 0);
                    break;
                case 8 when field.HasLength:
                    _operators.Import(First(field, 1));
                    break;
                case 14 when field.HasLength:
                    if (First(field, 1) == "ort_config")
                        facts.Report("onnx-runtime-config", ModelVerdict.Unknown, inspection.At(field.At),
                            "the model brings options for ONNX Runtime, which obeys them when its environment says so");
                    break;
                case 20 when field.HasLength:
                    Graphs(field, [1, 2], 0);
                    break;
                case 25 when field.HasLength:
                    Function(field);
                    break;
                case > 0 and < 9 or 26:
                    break;
                default:
                    facts.Report("onnx-unknown-field", ModelVerdict.Unknown, inspection.At(field.At),
                        $"the model has a field that the format does not know ({field.Number})");
                    break;
            }
        }

        CheckWhole(fields, facts, inspection);
        if (!graph)
            facts.Report("onnx-broken", ModelVerdict.Deny, inspection.At(0), "the model has no graph");
        if (reader.Exhausted)
            facts.Report("onnx-too-large", ModelVerdict.Unknown, inspection.At(0), $"only the first {ProtoReader.MostFields} fields were read");
        _operators.Report();
    }

    private void Graphs(ProtoField message, ReadOnlySpan<int> numbers, int depth)
    {
        var fields = reader.Message(message);
        while (fields.Next(out var field))
        {
            if (field.HasLength && numbers.Contains(field.Number))
                Graph(field, depth);
        }

        CheckWhole(fields, facts, inspection);
    }

    private void Graph(ProtoField graph, int depth)
    {
        if (depth > MostDepth)
        {
            facts.Report("onnx-too-deep", ModelVerdict.Deny, inspection.At(graph.At), $"graphs lie within graphs, more than {MostDepth} deep");
            return;
        }

        var fields = reader.Message(graph);
        while (fields.Next(out var field))
        {
            if (!field.HasLength)
                continue;
            switch (field.Number)
            {
                case 1:
                    Node(field, depth);
                    break;
                case 5:
                    _tensor.Read(field);
                    break;
                case 15:
                    _tensor.Sparse(field);
                    break;
            }
        }

        CheckWhole(fields, facts, inspection);
    }

    private void Node(ProtoField node, int depth)
    {
        string name = "", domain = "";
        var fields = reader.Message(node);
        while (fields.Next(out var field))
        {
            if (!field.HasLength)
                continue;
            switch (field.Number)
            {
                case 4:
                    name = reader.Text(field);
                    break;
                case 5:
                    Attribute(field, depth);
                    break;
                case 7:
                    domain = reader.Text(field);
                    break;
            }
        }

        CheckWhole(fields, facts, inspection);
        _operators.Use(domain, name);
    }

    private void Attribute(ProtoField attribute, int depth)
    {
        var fields = reader.Message(attribute);
        while (fields.Next(out var field))
        {
            if (!field.HasLength)
                continue;
            switch (field.Number)
            {
                case 5 or 10:
                    _tensor.Read(field);
                    break;
                case 6 or 11:
                    Graph(field, depth + 1);
                    break;
                case 22 or 23:
                    _tensor.Sparse(field);
                    break;
            }
        }

        CheckWhole(fields, facts, inspection);
    }

    private void Function(ProtoField function)
    {
        string name = "", domain = "";
        var fields = reader.Message(function);
        while (fields.Next(out var field))
        {
            if (!field.HasLength)
                continue;
            switch (field.Number)
            {
                case 1:
                    name = reader.Text(field);
                    break;
                case 7:
                    Node(field, 0);
                    break;
                case 9:
                    _operators.Import(First(field, 1));
                    break;
                case 10:
                    domain = reader.Text(field);
                    break;
                case 11:
                    Attribute(field, 0);
                    break;
            }
        }

        CheckWhole(fields, facts, inspection);
        _operators.Define(domain, name);
    }

    private string First(ProtoField message, int number)
    {
        string text = "";
        var fields = reader.Message(message);
        while (fields.Next(out var field))
        {
            if (field.HasLength && field.Number == number)
                text = reader.Text(field);
        }

        CheckWhole(fields, facts, inspection);
        return text;
    }
}
