using System.Collections.Frozen;
using System.Text.Json;

namespace Canary.Models.Formats.Configs;

/// <summary>JSON beside or in a model that tells a loader what to make: of transformers, PEFT, diffusers, sentence-transformers and Keras.</summary>
public sealed class ConfigFormat : IModelFormat
{
    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
        ["config.json", "tokenizer_config.json", "generation_config.json", "adapter_config.json", "processor_config.json",
            "preprocessor_config.json", "video_preprocessor_config.json", "model_index.json", "modules.json"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Libraries = FrozenSet.ToFrozenSet(["diffusers", "transformers", "sentence_transformers",
        "onnxruntime", "optimum", "torch"]);

    public string Name => "config";

    public bool Claims(ModelBytes bytes) => Names.Contains(BaseName(bytes))
        || (bytes.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && bytes.Head.IndexOf("\"class_name\""u8) >= 0);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        using var document = JsonText.Parse(bytes, facts, inspection);
        if (document is null)
            return;
        var root = document.RootElement;
        ConfigCode.Report(root, facts, inspection);
        if (KerasConfig.IsOne(root))
        {
            if (inspection.Within.Length == 0)
                facts.Format = "keras-config";
            new KerasConfig(facts, inspection).Walk(root);
        }

        if (BaseName(bytes).Equals("model_index.json", StringComparison.OrdinalIgnoreCase))
            Pipeline(root, facts, inspection);
        else if (BaseName(bytes).Equals("modules.json", StringComparison.OrdinalIgnoreCase) && root.ValueKind == JsonValueKind.Array)
            Modules(root, facts, inspection);
    }

    // diffusers: each part is a library and a class in it; a library that is none is a file of the model.
    private static void Pipeline(JsonElement root, ModelFacts facts, ModelInspection inspection)
    {
        foreach (var (key, value) in JsonText.Properties(root))
        {
            if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 2)
                continue;
            if (JsonText.Text(value[0]) is { } library && JsonText.Text(value[1]) is { } name)
                ConfigCode.Named("config-remote-code", key, $"{library}.{name}", NamedModules.Judge(library, Libraries),
                    "the pipeline takes a part from a module that is not the library's own", facts, inspection);
        }
    }

    private static void Modules(JsonElement root, ModelFacts facts, ModelInspection inspection)
    {
        foreach (var module in root.EnumerateArray())
        {
            if (JsonText.Text(module, "type") is { } type)
                ConfigCode.Named("config-remote-code", "type", type, NamedModules.Judge(type, Libraries),
                    "a part of the model is a class that is imported", facts, inspection);
        }
    }

    private static string BaseName(ModelBytes bytes) => bytes.Name[(bytes.Name.LastIndexOf('/') + 1)..];
}
