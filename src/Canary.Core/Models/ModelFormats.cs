namespace Canary.Models;

/// <summary>Every format that is read, in the order in which they are asked. Those with a magic come before those without.</summary>
public static class ModelFormats
{
    public static readonly IReadOnlyList<IModelFormat> All =
    [
        new Formats.GgufFormat(),
        new Formats.SafeTensorsFormat(),
        new Formats.SafeTensorsIndexFormat(),
        new Formats.TokenizerConfigFormat(),
        new Formats.ChatTemplateFormat(),
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
