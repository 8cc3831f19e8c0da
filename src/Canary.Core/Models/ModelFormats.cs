using Canary.Models.Formats;
using Canary.Models.Formats.Configs;
using Canary.Models.Formats.Onnx;
using Canary.Models.Formats.TensorFlow;

namespace Canary.Models;

/// <summary>Every format that is read, in the order in which they are asked. Those with a magic come before those without.</summary>
public static class ModelFormats
{
    public static readonly IReadOnlyList<IModelFormat> All =
    [
        new Hdf5Format(),
        new GgufFormat(),
        new SafeTensorsFormat(),
        new ZipFormat(),
        new NumpyFormat(),
        new CompressedFormat(),
        new ForeignContainerFormat(),
        new TarFormat(),
        new OpaqueFormat(),
        new SafeTensorsIndexFormat(),
        new TokenizerConfigFormat(),
        new ChatTemplateFormat(),
        new OnnxFormat(),
        new KerasMetadataFormat(),
        new SavedModelFormat(),
        new ConfigFormat(),
        new YamlConfigFormat(),
        new PickleFormat(),
    ];

    /// <summary>The first that claims the bytes; null for none.</summary>
    public static IModelFormat? Of(ModelBytes bytes) => All.FirstOrDefault(f => f.Claims(bytes));

    /// <summary>What the file says of itself.</summary>
    public static ModelFacts Inspect(ModelBytes bytes, ModelInspection inspection)
    {
        var facts = new ModelFacts();
        if (Of(bytes) is { } format)
        {
            facts.Format = format.Name;
            format.Inspect(bytes, facts, inspection);
        }

        return facts;
    }
}
