using System.Text;
using Canary.Yaml;

namespace Canary.Models.Formats.Configs;

/// <summary>The YAML of NeMo and of Lightning: Hydra imports and calls each <c>_target_</c>, and old loaders obey Python's own tags.</summary>
public sealed class YamlConfigFormat : IModelFormat
{
    private const int MostTargets = 1000;

    public string Name => "yaml";

    public bool Claims(ModelBytes bytes) => bytes.Name[(bytes.Name.LastIndexOf('/') + 1)..].ToUpperInvariant() is
        "MODEL_CONFIG.YAML" or "HPARAMS.YAML" or "CONFIG.YAML" or "HYPERPARAMS.YAML" or "HPARAMS_FILE.YAML";

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        string text = Encoding.UTF8.GetString(bytes.Read(0, YamlReader.MostCharacters));
        if (bytes.Length > YamlReader.MostCharacters)
            facts.Report("config-too-large", ModelVerdict.Unknown, inspection.At(bytes.Name),
                $"only the first {YamlReader.MostCharacters} bytes of the configuration were read");
        if (text.Contains("!!python/", StringComparison.Ordinal) || text.Contains("tag:yaml.org,2002:python/", StringComparison.Ordinal)
            || text.Contains("!new:", StringComparison.Ordinal) || text.Contains("!apply:", StringComparison.Ordinal))
            facts.Report("config-yaml-python", ModelVerdict.Deny, inspection.At(bytes.Name),
                "the YAML makes Python objects, or calls functions, in loaders that allow it");
        var diagnostics = new Diagnostics();
        var roots = YamlReader.ReadAll(text, bytes.Name, diagnostics, aliases: true);
        if (diagnostics.Count > 0)
            facts.Report("config-broken", ModelVerdict.Unknown, inspection.At(bytes.Name),
                "the configuration is not read whole: it is no YAML, or has more of it than is read");
        int left = MostTargets;
        foreach (var root in roots)
            Walk(root, facts, inspection, ref left);
        if (left <= 0)
            facts.Report("config-target", ModelVerdict.Unknown, inspection.At(bytes.Name),
                $"more than {MostTargets} names of code stand in the configuration; the others were not read");
    }

    private static void Walk(YamlNode node, ModelFacts facts, ModelInspection inspection, ref int left)
    {
        inspection.Cancel.ThrowIfCancellationRequested();
        if (node is YamlList list)
        {
            foreach (var entry in list.Items)
                Walk(entry, facts, inspection, ref left);
        }
        else if (node is YamlMap map)
        {
            foreach (var (key, value) in map.Entries)
            {
                if (key.Text is "_target_" && value is YamlScalar target && left-- > 0)
                    ConfigCode.Target(target.Text, facts, inspection);
                Walk(value, facts, inspection, ref left);
            }
        }
    }
}
