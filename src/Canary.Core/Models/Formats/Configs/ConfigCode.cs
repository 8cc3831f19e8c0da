using System.Collections.Frozen;
using System.Text.Json;
using Canary.Models.Containers;

namespace Canary.Models.Formats.Configs;

/// <summary>The places in configurations of models that make a loader import or fetch code.</summary>
public static class ConfigCode
{
    private const int MostNames = 1000;

    private static readonly FrozenSet<string> HydraRoots = FrozenSet.ToFrozenSet(["nemo", "torch", "torchmetrics", "torchaudio",
        "pytorch_lightning", "lightning", "omegaconf", "apex", "megatron"]);

    private static readonly FrozenSet<string> PeftRoots = FrozenSet.ToFrozenSet(["transformers", "torch", "diffusers", "peft"]);

    /// <summary>
    /// Reports <c>auto_map</c>, <c>custom_generate</c>, <c>trust_remote_code</c>, <c>auto_mapping</c>, hub kernels and the base model of an adapter,
    /// at the top and in nested configurations, and <c>_target_</c> wherever it stands.
    /// </summary>
    public static void Report(JsonElement root, ModelFacts facts, ModelInspection inspection)
    {
        int left = MostNames;
        Walk(root, facts, inspection, ref left);
        if (left < 0)
            facts.Report("config-remote-code", ModelVerdict.Unknown, inspection.At("configuration"),
                $"more than {MostNames} names of code stand in the configuration; the others were not read");
    }

    /// <summary>A class or function that Hydra would make or call.</summary>
    internal static void Target(string path, ModelFacts facts, ModelInspection inspection) =>
        Named("config-target", "_target_", path, NamedModules.Judge(path, HydraRoots),
            "the configuration names something to be imported and called", facts, inspection);

    internal static void Named(string code, string key, string path, ModelVerdict verdict, string why, ModelFacts facts, ModelInspection inspection)
    {
        if (verdict == ModelVerdict.Allow)
            return;
        var (module, name) = NamedModules.Split(path);
        facts.Import(new ModelImport(module, name, key, verdict, inspection.At(key)));
        facts.Report(code, verdict, inspection.At(key), $"{why}: {path}");
    }

    private static void Walk(JsonElement element, ModelFacts facts, ModelInspection inspection, ref int left)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in element.EnumerateArray())
                Walk(entry, facts, inspection, ref left);
            return;
        }

        foreach (var (key, value) in JsonText.Properties(element))
        {
            if (left < 0)
                return;
            Property(key, value, facts, inspection, ref left);
            if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                Walk(value, facts, inspection, ref left);
        }
    }

    private static void Property(string key, JsonElement value, ModelFacts facts, ModelInspection inspection, ref int left)
    {
        string? text = JsonText.Text(value);
        switch (key)
        {
            case "auto_map":
                AutoMap(value, facts, inspection, ref left);
                break;
            case "_target_" or "_target" when text is not null:
                left--;
                Target(text, facts, inspection);
                break;
            case "custom_generate" when value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False):
                left--;
                facts.Report("config-custom-generate", ModelVerdict.Unknown, inspection.At(key),
                    $"generation runs code of the model, or of a repository that it names: {text ?? "its own"}");
                break;
            case "trust_remote_code" when value.ValueKind == JsonValueKind.True:
                left--;
                facts.Report("config-trusts-code", ModelVerdict.Unknown, inspection.At(key),
                    "the configuration itself asks that code of the model be run");
                break;
            case "auto_mapping":
                if (JsonText.Text(value, "parent_library") is { } library)
                    Named("config-auto-mapping", key, $"{library}.{JsonText.Text(value, "base_model_class")}",
                        NamedModules.Judge(library, PeftRoots), "the adapter names a module to be imported", facts, inspection);
                break;
            case "attn_implementation" or "_attn_implementation" or "_attn_implementation_internal" when text?.Contains('/') is true:
                left--;
                facts.Report("config-remote-kernel", ModelVerdict.Unknown, inspection.At(key), $"native code is fetched from a repository: {text}");
                break;
            case "base_model_name_or_path" when text is { Length: > 0 }:
                left--;
                bool elsewhere = MemberNames.Escapes(text) || text.Contains("://", StringComparison.Ordinal) || text[0] is '~' or '.';
                facts.Report("config-base-model", elsewhere ? ModelVerdict.Unknown : ModelVerdict.Allow, inspection.At(key),
                    elsewhere ? $"the adapter takes its base model from a place of its own: {text}" : $"the adapter needs a base model: {text}");
                break;
        }
    }

    private static void AutoMap(JsonElement map, ModelFacts facts, ModelInspection inspection, ref int left)
    {
        if (JsonText.Text(map) is { Length: > 0 } path)
        {
            left--;
            AutoClass(path, facts, inspection);
        }
        else if (map.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in map.EnumerateArray())
                AutoMap(entry, facts, inspection, ref left);
        }

        foreach (var (_, value) in JsonText.Properties(map))
        {
            if (left < 0)
                return;
            AutoMap(value, facts, inspection, ref left);
        }
    }

    private static void AutoClass(string path, ModelFacts facts, ModelInspection inspection)
    {
        int foreign = path.IndexOf("--", StringComparison.Ordinal);
        if (foreign >= 0)
        {
            Named("config-remote-code", "auto_map", path[(foreign + 2)..], ModelVerdict.Unknown,
                $"with trust_remote_code, code of another repository ({path[..foreign]}) is run", facts, inspection);
            return;
        }

        Named("config-remote-code", "auto_map", path, ModelVerdict.Unknown, "with trust_remote_code, code of the model is run", facts, inspection);
        string file = NamedModules.Split(path).Module.Replace('.', '/') + ".py";
        if (file.Length <= 3 || MemberNames.Escapes(file) || inspection.Sibling(file) is not { } source)
            return;
        (source as IDisposable)?.Dispose();
        facts.ExternalFile(file);
    }
}
