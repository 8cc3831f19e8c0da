namespace Canary.Models.Templates;

/// <summary>What a chat template can do besides laying out a conversation.</summary>
public static class TemplateJudgement
{
    /// <summary>In bytes; the largest known have some tens of thousands.</summary>
    public const int MostBytes = 1024 * 1024;

    public static void TooLarge(string name, ModelFacts facts, ModelInspection inspection) { }

    public static void Judge(string name, byte[] text, ModelFacts facts, ModelInspection inspection) { }
}
