using Canary.Models.Formats.Protobuf;

namespace Canary.Models.Formats.Onnx;

/// <summary>Reads <c>TensorProto</c> and <c>SparseTensorProto</c>: the shape, and where the numbers lie.</summary>
internal sealed class OnnxTensor(ProtoReader reader, ModelFacts facts, ModelInspection inspection)
{
    private const int MostDimensions = 64, MostKeys = 64;

    private readonly OnnxExternal _external = new(facts, inspection);

    public void Sparse(ProtoField tensor)
    {
        var fields = reader.Message(tensor);
        while (fields.Next(out var field))
        {
            // values, indices; the dimensions of the whole say nothing of what lies here.
            if (field is { Number: 1 or 2, HasLength: true })
                Read(field);
        }

        OnnxModel.CheckWhole(fields, facts, inspection);
    }

    public void Read(ProtoField tensor)
    {
        var shape = new List<long>();
        var entries = new List<(string, string)>();
        ulong type = 0, location = 0;
        string name = "";
        ProtoField? raw = null;
        bool tooMany = false;
        var fields = reader.Message(tensor);
        while (fields.Next(out var field))
        {
            switch (field.Number)
            {
                case 1:
                    foreach (ulong dimension in reader.Numbers(field).Take(MostDimensions + 1))
                        shape.Add((long)dimension);
                    tooMany |= shape.Count > MostDimensions;
                    if (tooMany)
                        shape.Clear();
                    break;
                case 2 when field.IsNumber:
                    type = field.Value;
                    break;
                case 8 when field.HasLength:
                    name = reader.Text(field);
                    break;
                case 9 when field.HasLength:
                    raw = field;
                    break;
                case 13 when field.HasLength:
                    tooMany |= entries.Count == MostKeys;
                    if (!tooMany)
                        entries.Add(Entry(field));
                    break;
                case 14 when field.IsNumber:
                    location = field.Value;
                    break;
            }
        }

        OnnxModel.CheckWhole(fields, facts, inspection);
        Judge(name, type, shape, raw, entries, location, tooMany);
    }

    private void Judge(string name, ulong type, List<long> shape, ProtoField? raw, List<(string, string)> entries, ulong location, bool tooMany)
    {
        string place = inspection.At($"tensor {name}");
        long? needed = OnnxTypes.Bytes(type, shape);
        if (tooMany || needed < 0 || shape.Any(d => d < 0))
        {
            facts.Report("onnx-tensor-shape", ModelVerdict.Deny, place, "no tensor has such a shape, or so many keys");
            needed = null;
        }

        if (type == 0 || OnnxTypes.Word(type).StartsWith("type ", StringComparison.Ordinal))
            facts.Report("onnx-tensor-type", ModelVerdict.Unknown, place, "the type of the elements is not known");
        if (location != 0 || entries.Count > 0)
            _external.Check(name, entries, location == 0 ? null : needed);
        if (location > 1 || (location == 0 && entries.Count > 0) || (location != 0 && raw is not null))
            facts.Report("onnx-external-broken", ModelVerdict.Unknown, place, "the tensor is said to lie both in the file and outside of it");
        if (raw is not { } bytes || location != 0)
            return;
        if (needed is { } take && take != bytes.Length)
            facts.Report("onnx-tensor-size", ModelVerdict.Deny, place, $"the shape takes {take} bytes, and {bytes.Length} are there");
        if (inspection.Within.Length == 0)
            facts.Tensor(new ModelTensor(name, OnnxTypes.Word(type), shape, bytes.At, bytes.Length));
    }

    private (string Key, string Value) Entry(ProtoField entry)
    {
        string key = "", value = "";
        var fields = reader.Message(entry);
        while (fields.Next(out var field))
        {
            if (field is { Number: 1, HasLength: true })
                key = reader.Text(field);
            else if (field is { Number: 2, HasLength: true })
                value = reader.Text(field);
        }

        OnnxModel.CheckWhole(fields, facts, inspection);
        return (key, value);
    }
}
