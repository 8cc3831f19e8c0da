using Canary.Models.Pickles;

namespace Canary.Models.Formats;

/// <summary>Python's pickles: plain ones, joblib's with arrays between the instructions, and what PyTorch wrote before its archives.</summary>
public sealed class PickleFormat : IModelFormat
{
    private static readonly string[] Extensions = [".pkl", ".pickle", ".joblib"];

    public string Name => "pickle";

    /// <summary>Protocols 0 and 1 have no mark: what has none is tried.</summary>
    public bool Claims(ModelBytes bytes) => PickleScan.Looks(bytes) || Extensions.Any(e => bytes.Name.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        string format = PickleScan.Run(bytes, 0, facts, inspection);
        if (inspection.Within.Length == 0)
            facts.Format = format;
    }
}
