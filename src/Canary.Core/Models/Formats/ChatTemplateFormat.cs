using Canary.Models.Templates;

namespace Canary.Models.Formats;

/// <summary>A chat template in a file of its own: <c>chat_template.jinja</c>, or any other <c>.jinja</c> beside a model.</summary>
public sealed class ChatTemplateFormat : IModelFormat
{
    public string Name => "chat-template";

    public bool Claims(ModelBytes bytes) =>
        bytes.Name.EndsWith(".jinja", StringComparison.OrdinalIgnoreCase) || bytes.Name.EndsWith(".jinja2", StringComparison.OrdinalIgnoreCase);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        string name = bytes.Name[(bytes.Name.LastIndexOf('/') + 1)..];
        if (bytes.Length > TemplateJudgement.MostBytes)
            TemplateJudgement.TooLarge(name, facts, inspection);
        else
            TemplateJudgement.Judge(name, bytes.Read(0, TemplateJudgement.MostBytes), facts, inspection);
    }
}
