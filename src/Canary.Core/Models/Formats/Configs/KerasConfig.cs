using System.Collections.Frozen;
using System.Text.Json;
using Canary.Models.Containers;

namespace Canary.Models.Formats.Configs;

/// <summary>
/// The configuration of a Keras model, from which Keras makes objects by name: whatever it would import or call beside its own layers is said.
/// Older versions honour what newer ones refuse, so that nothing is excused by a version.
/// </summary>
internal sealed class KerasConfig(ModelFacts facts, ModelInspection inspection)
{
    private const int MostText = 300;

    private static readonly FrozenSet<string> Own = FrozenSet.ToFrozenSet(["keras", "tf_keras"]);

    private static readonly FrozenSet<string> Numeric = FrozenSet.ToFrozenSet(["tensorflow", "tf", "numpy", "math"]);

    // Of these libraries some parts read and write files or call Python; their numeric parts do not.
    private static readonly FrozenSet<string> Reaching = FrozenSet.ToFrozenSet(
        ["io", "lib", "npyio", "f2py", "distutils", "testing", "ctypeslib", "compat", "data", "saved_model", "raw_ops", "ops", "utils", "train",
            "tools", "load_library", "py_function", "numpy_function", "py_func", "summary", "debugging", "config"]);

    // Functions of Keras that fetch, unpack or load (CVE-2025-8747 and its like).
    private static readonly FrozenSet<string> Loading = FrozenSet.ToFrozenSet(
    [
        "get_file", "extract_archive", "extract_open_archive", "load_model", "load_weights", "load_from_saved_model", "model_from_json",
        "model_from_config", "model_from_yaml", "deserialize_keras_object", "func_load", "load_img", "save_model", "save_img",
        "clone_metric", "image_dataset_from_directory", "text_dataset_from_directory", "audio_dataset_from_directory", "export_saved_model",
        "import_from_string", "set_backend", "install", "run",
    ]);

    public static bool IsOne(JsonElement root) =>
        JsonText.Find(root, "class_name") is not null && (JsonText.Find(root, "config") is not null || JsonText.Find(root, "module") is not null);

    public void Walk(JsonElement element, string place = "configuration")
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in element.EnumerateArray())
                Walk(entry, place);
            return;
        }

        if (element.ValueKind == JsonValueKind.String)
        {
            Text(JsonText.Text(element)!, place);
            return;
        }

        if (element.ValueKind != JsonValueKind.Object)
            return;
        inspection.Cancel.ThrowIfCancellationRequested();
        string kind = JsonText.Text(element, "class_name") ?? "";
        if (kind.Length > 0)
        {
            string? name = JsonText.Text(JsonText.Find(element, "config") is { } config ? JsonText.Find(config, "name") : null);
            place = name is null ? kind : $"{kind} {name}";
            Made(element, kind[(kind.LastIndexOf('>') + 1)..], place);
        }

        foreach (var (key, value) in JsonText.Properties(element))
        {
            string? text = JsonText.Text(value);
            if (text is not null)
                Property(key, text, kind, element, place);
            Walk(value, place);
        }
    }

    private void Made(JsonElement element, string kind, string place)
    {
        if (kind is "Lambda" or "__lambda__")
            facts.Report("keras-lambda", ModelVerdict.Deny, inspection.At(place),
                "the layer is Python code that runs when the model is loaded or used");
        else if (kind is "TorchModuleWrapper")
            facts.Report("keras-torch-module", ModelVerdict.Deny, inspection.At(place),
                "the layer holds a pickle that PyTorch loads without restriction (CVE-2025-49655)");
        else if (kind is "TFSMLayer" or "KerasLayer" or "JaxLayer" or "FlaxLayer")
            facts.Report("keras-loads-model", ModelVerdict.Unknown, inspection.At(place),
                "the layer loads another model, or calls functions that are not in this one");
        else if (kind is "TFOpLambda" or "SlicingOpLambda"
            && JsonText.Find(element, "config") is { } config && JsonText.Text(config, "function") is { } function && Reaches(function))
            facts.Report("keras-foreign-module", ModelVerdict.Deny, inspection.At(place),
                $"the layer calls a function that reaches beyond numbers: {function}");
    }

    private void Property(string key, string text, string kind, JsonElement element, string place)
    {
        if (key == "function_type" && text == "lambda")
            facts.Report("keras-lambda", ModelVerdict.Deny, inspection.At(place), "a function is marshalled Python code");
        else if (key == "registered_name" && text.Length > 0)
            Registered(text, place);
        else if (key is "module" or "fn_module" || key.EndsWith("_module", StringComparison.Ordinal))
            Module(text, kind, element, place);
        else if (key == "vocabulary" && text.Length > 0)
            facts.Report("keras-vocabulary-file", Leaves(text) ? ModelVerdict.Deny : ModelVerdict.Unknown,
                inspection.At(place), $"the layer reads a file and gives its lines away: {text}");
    }

    private void Module(string module, string kind, JsonElement element, string place)
    {
        string root = NamedModules.Root(module);
        string? function = JsonText.Text(element, "config");
        // Keras looks for such a function among its own only.
        if (module.Length == 0 || (module == "builtins" && kind == "function" && function?.Contains('.') is false))
            return;
        if (Own.Contains(root) || module.StartsWith("tensorflow.keras", StringComparison.Ordinal)
            || module.StartsWith("tensorflow.python.keras", StringComparison.Ordinal))
        {
            if (Loading.Contains(kind) || (function is not null && Loading.Contains(function)))
                facts.Report("keras-loading-function", ModelVerdict.Deny, inspection.At(place),
                    $"the configuration calls a function of Keras that fetches or loads: {module}.{function ?? kind}");
            return;
        }

        var verdict = !Numeric.Contains(root) ? NamedModules.Judge(module, Own)
            : Reaches($"{module}.{function ?? kind}") ? ModelVerdict.Unknown : ModelVerdict.Allow;
        if (verdict == ModelVerdict.Allow)
            return;
        facts.Import(new ModelImport(module, kind, "keras", verdict, inspection.At(place)));
        facts.Report("keras-foreign-module", verdict, inspection.At(place), $"the configuration imports a module that is not Keras' own: {module}");
    }

    private void Registered(string name, string place)
    {
        string package = name.Split('>')[0];
        if (name.Contains('>') ? package is not ("keras" or "tf_keras" or "Keras") : name.Contains('.') && !Own.Contains(NamedModules.Root(name)))
            facts.Report("keras-custom-object", name.Contains('>') ? ModelVerdict.Unknown : NamedModules.Judge(name, Own), inspection.At(place),
                $"the object needs code that is not Keras' own: {name}");
    }

    private void Text(string text, string place)
    {
        if (text.Length > MostText)
            return;
        if (text == "get_file" || text.EndsWith(".get_file", StringComparison.Ordinal))
            facts.Report("keras-get-file", ModelVerdict.Deny, inspection.At(place), "the configuration makes Keras fetch a file (CVE-2025-8747)");
        else if (text.Contains("enable_unsafe_deserialization", StringComparison.Ordinal))
            facts.Report("keras-unsafe-deserialization", ModelVerdict.Deny, inspection.At(place),
                "the configuration turns off what keeps it from running code (CVE-2025-9906)");
    }

    private static bool Leaves(string path) => MemberNames.Escapes(path) || path.Contains("://", StringComparison.Ordinal);

    private static bool Reaches(string path) => path.Split('.').Any(Reaching.Contains);
}
