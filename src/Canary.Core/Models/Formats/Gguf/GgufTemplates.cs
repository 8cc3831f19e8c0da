using Canary.Models.Templates;

namespace Canary.Models.Formats.Gguf;

/// <summary>The chat templates among the metadata: the one by default, and those with a name.</summary>
internal static class GgufTemplates
{
    private const string Key = "tokenizer.chat_template";

    public static void Judge(GgufMetadata metadata, ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        foreach (var (key, value) in metadata.Values)
        {
            if (key != Key && !key.StartsWith(Key + ".", StringComparison.Ordinal))
                continue;
            if (value.Type != GgufValueType.String)
                facts.Report("gguf-template-type", ModelVerdict.Deny, inspection.At(key), "the chat template is not a text");
            else if (value.Count > TemplateJudgement.MostBytes)
                TemplateJudgement.TooLarge(key, facts, inspection);
            else
                TemplateJudgement.Judge(key, bytes.Read(value.Offset, (int)value.Count), facts, inspection);
        }
    }
}
