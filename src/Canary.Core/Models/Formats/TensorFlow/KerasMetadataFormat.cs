using Canary.Models.Formats.Configs;
using Canary.Models.Formats.Protobuf;

namespace Canary.Models.Formats.TensorFlow;

/// <summary>What Keras keeps beside a SavedModel: protobuf with a JSON configuration for each object.</summary>
public sealed class KerasMetadataFormat : IModelFormat
{
    private const int MostNodes = 100_000;

    public string Name => "keras-metadata";

    public bool Claims(ModelBytes bytes) => bytes.Name[(bytes.Name.LastIndexOf('/') + 1)..].Equals("keras_metadata.pb",
        StringComparison.OrdinalIgnoreCase);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        var reader = new ProtoReader(bytes, inspection.Cancel);
        var keras = new KerasConfig(facts, inspection);
        int count = 0;
        var nodes = reader.Whole();
        while (nodes.Next(out var node))
        {
            if (!node.HasLength || node.Number != 1)
                continue;
            if (++count > MostNodes)
            {
                facts.Report("config-too-large", ModelVerdict.Unknown, inspection.At(node.At), $"only the first {MostNodes} objects were read");
                break;
            }

            var fields = reader.Message(node);
            while (fields.Next(out var field))
            {
                if (field is { Number: 5, HasLength: true })
                    Metadata(new HeldBytes(bytes.Name, reader.Content(field, JsonText.MostBytes + 1)), keras, facts, inspection);
            }

            if (fields.Broken)
                facts.Report("savedmodel-broken", ModelVerdict.Deny, inspection.At(fields.At), "what stands here is no protobuf");
        }

        if (nodes.Broken)
            facts.Report("savedmodel-broken", ModelVerdict.Deny, inspection.At(nodes.At), "what stands here is no protobuf");
    }

    private static void Metadata(HeldBytes bytes, KerasConfig keras, ModelFacts facts, ModelInspection inspection)
    {
        if (bytes.Length == 0)
            return;
        using var document = JsonText.Parse(bytes, facts, inspection);
        if (document is not null)
            keras.Walk(document.RootElement);
    }
}
