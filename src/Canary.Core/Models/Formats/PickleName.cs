namespace Canary.Models.Formats;

/// <summary>
/// Names under which loaders unpickle whatever bytes they find. A file can be a sound model of one format and a pickle besides: GGUF's first
/// letter and a fitting header length of safetensors are opcodes.
/// </summary>
internal static class PickleName
{
    private static readonly string[] Endings = [".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".dill"];

    public static void Check(string format, ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        if (Endings.Any(e => bytes.Name.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
            facts.Report($"{format}-misnamed", ModelVerdict.Unknown, inspection.At("name"), $"it is {format}, and has the name of a file that loaders unpickle");
    }
}
