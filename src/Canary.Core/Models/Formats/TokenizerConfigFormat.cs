using System.Text;
using System.Text.Json;
using Canary.Models.Formats.Configs;
using Canary.Models.Templates;
using Canary.Text;

namespace Canary.Models.Formats;

/// <summary>
/// The configurations of Transformers that bring a chat template: <c>tokenizer_config.json</c>, <c>chat_template.json</c> and
/// <c>processor_config.json</c>, with one text or a list of named ones.
/// </summary>
public sealed class TokenizerConfigFormat : IModelFormat
{
    /// <summary>In bytes. The added tokens of a large vocabulary take some hundreds of thousands.</summary>
    public const int MostBytes = 64 * 1024 * 1024;

    private const string Key = "chat_template";

    private static readonly string[] FileNames = ["tokenizer_config.json", "chat_template.json", "processor_config.json"];

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    public string Name => "tokenizer-config";

    public bool Claims(ModelBytes bytes)
    {
        string name = bytes.Name[(bytes.Name.LastIndexOf('/') + 1)..];
        return FileNames.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        if (bytes.Length > MostBytes)
        {
            facts.Report("tokenizer-config-too-large", ModelVerdict.Unknown, inspection.At(Key), "the configuration is larger than any real one and was not read");
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes.Read(0, MostBytes), Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("it is not an object");
            ConfigCode.Report(document.RootElement, facts, inspection);
            Templates(document.RootElement, facts, inspection);
        }
        // A text of half a surrogate pair is only noticed when it is read.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            facts.Report("tokenizer-config-json", ModelVerdict.Unknown, inspection.At(Key), $"the configuration could not be read: {Printable.Line(e.Message, 160)}");
        }
    }

    private static void Templates(JsonElement root, ModelFacts facts, ModelInspection inspection)
    {
        int found = 0;
        foreach (var member in root.EnumerateObject())
        {
            if (!member.NameEquals(Key))
                continue;
            if (found++ == 1)
                facts.Report("tokenizer-config-duplicate", ModelVerdict.Unknown, inspection.At(Key), "chat_template stands twice, and readers differ in which they take");
            if (member.Value.ValueKind is JsonValueKind.Array)
            {
                foreach (var entry in member.Value.EnumerateArray())
                    Named(entry, facts, inspection);
            }
            else if (member.Value.ValueKind is JsonValueKind.Object)
            {
                foreach (var entry in member.Value.EnumerateObject())
                    Judge($"{Key}.{entry.Name}", entry.Value, facts, inspection);
            }
            else if (member.Value.ValueKind is not JsonValueKind.Null)
            {
                Judge(Key, member.Value, facts, inspection);
            }
        }
    }

    private static void Named(JsonElement entry, ModelFacts facts, ModelInspection inspection)
    {
        if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("template", out var template))
            Judge(entry.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? $"{Key}.{name.GetString()}" : Key, template, facts, inspection);
        else
            facts.Report("tokenizer-config-template", ModelVerdict.Unknown, inspection.At(Key), "an entry of chat_template is no template");
    }

    private static void Judge(string name, JsonElement template, ModelFacts facts, ModelInspection inspection)
    {
        if (template.ValueKind == JsonValueKind.String)
            TemplateJudgement.Judge(name, Encoding.UTF8.GetBytes(template.GetString()!), facts, inspection);
        else
            facts.Report("tokenizer-config-template", ModelVerdict.Unknown, inspection.At(Printable.Line(name, 120)), "a chat template is not a text");
    }
}
