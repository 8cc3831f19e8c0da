using Canary.Models.Formats.Protobuf;

namespace Canary.Models.Formats.TensorFlow;

/// <summary>TensorFlow's graphs: <c>saved_model.pb</c>, and graphs that were frozen into one file.</summary>
public sealed class SavedModelFormat : IModelFormat
{
    public string Name => "savedmodel";

    public bool Claims(ModelBytes bytes) => IsNamed(bytes) || Has(bytes, IsMetaGraph) || IsGraph(bytes);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        var model = new SavedModel(new ProtoReader(bytes, inspection.Cancel), facts, inspection);
        if (!IsNamed(bytes) && !Has(bytes, IsMetaGraph))
            model.ReadGraph();
        else
            model.Read();
    }

    private static bool IsNamed(ModelBytes bytes) => bytes.Name[(bytes.Name.LastIndexOf('/') + 1)..].Equals("saved_model.pb",
        StringComparison.OrdinalIgnoreCase);

    // saved_model_schema_version, which is 1, and meta_graphs.
    private static bool Has(ModelBytes bytes, Func<ProtoReader, ProtoField, bool> isMeta)
    {
        if (bytes.Head is not ([0x08, 1, 0x12, ..] or [0x12, ..]))
            return false;
        var reader = new ProtoReader(bytes, CancellationToken.None);
        var fields = reader.Whole();
        for (int i = 0; i < 2 && fields.Next(out var field); i++)
        {
            if (field is { Number: 2, HasLength: true })
                return isMeta(reader, field);
        }

        return false;
    }

    private static bool IsMetaGraph(ProtoReader reader, ProtoField meta)
    {
        var fields = reader.Message(meta);
        int known = 0;
        for (int i = 0; i < 8 && fields.Next(out var field); i++)
        {
            if (!field.HasLength || field.Number > 7)
                return false;
            known += field.Number == 2 ? 1 : 0;
        }

        return known > 0 && !fields.Broken;
    }

    // A list of nodes, each with a name and an operator.
    private static bool IsGraph(ModelBytes bytes)
    {
        if (bytes.Head is not [0x0a, ..])
            return false;
        var reader = new ProtoReader(bytes, CancellationToken.None);
        var nodes = reader.Whole();
        int known = 0;
        for (int i = 0; i < 8 && nodes.Next(out var node); i++)
        {
            if (node is not { Number: 1, HasLength: true })
                return known > 0 && node.Number is 2 or 3 or 4;
            var fields = reader.Message(node);
            if (!fields.Next(out var name) || name is not { Number: 1, HasLength: true } || !fields.Next(out var kind) || kind is not
                {
                    Number: 2,
                    HasLength: true
                }
                || !IsOperator(reader.Text(kind, 64)))
                return false;
            known++;
        }

        return known > 0 && !nodes.Broken;
    }

    private static bool IsOperator(string name) =>
        name.Length > 0 && char.IsAsciiLetterUpper(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '>');
}
