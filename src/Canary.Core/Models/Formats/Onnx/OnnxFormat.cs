using Canary.Models.Formats.Protobuf;

namespace Canary.Models.Formats.Onnx;

/// <summary>ONNX: a graph of operators in protobuf, with tensors in the file or beside it.</summary>
public sealed class OnnxFormat : IModelFormat
{
    // A model has a handful of fields at the top; functions and properties may be some hundred.
    private const int MostTopFields = 4096, MostGraphFields = 64;

    public string Name => "onnx";

    public bool Claims(ModelBytes bytes) => bytes.Name.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) ? !HasOtherMagic(bytes) : IsModel(bytes);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection) =>
        new OnnxModel(new ProtoReader(bytes, inspection.Cancel), facts, inspection).Read();

    private static bool HasOtherMagic(ModelBytes bytes) =>
        bytes.Head is [(byte)'P', (byte)'K', 3, 4, ..] or [0x1f, 0x8b, 8, ..] or [0x80, >= 2 and <= 5, ..];

    private static bool IsModel(ModelBytes bytes)
    {
        // A field of number 1 to 26 with a small tag begins it; without this the many small files of an archive would all be walked.
        if (bytes.Head.Length < 4 || bytes.Head[0] is not (0x08 or 0x12 or 0x1a or 0x22 or 0x28 or 0x32 or 0x3a or 0x42 or 0x72 or 0xa2 or 0xca))
            return false;
        var reader = new ProtoReader(bytes, CancellationToken.None);
        var fields = reader.Whole();
        bool graph = false;
        for (int i = 0; i < MostTopFields && fields.Next(out var field); i++)
        {
            bool fits = field.Number is 1 or 5 ? field.IsNumber : field.Number is not (2 or 3 or 4 or 6 or 7 or 8 or 14 or 20 or 25 or 26)
                || field.HasLength;
            if (!fits)
                return false;
            graph |= field.Number == 7 && IsGraph(reader, field);
        }

        return graph;
    }

    private static bool IsGraph(ProtoReader reader, ProtoField graph)
    {
        var fields = reader.Message(graph);
        int known = 0;
        for (int i = 0; i < MostGraphFields && fields.Next(out var field); i++)
        {
            if (field.Number is 1 or 2 or 5 or (>= 10 and <= 16) && field.HasLength)
                known++;
            else
                return false;
        }

        return known > 0 && !fields.Broken;
    }
}
