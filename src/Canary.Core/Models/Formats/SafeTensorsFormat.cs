using Canary.Models.Formats.SafeTensors;
using Canary.Text;

namespace Canary.Models.Formats;

/// <summary>safetensors: a header in JSON, and numbers. Nothing in it can run, as long as it is nothing else besides.</summary>
public sealed class SafeTensorsFormat : IModelFormat
{
    // The later ones follow from the first.
    private const int MostReports = 8;

    public string Name => "safetensors";

    public bool Claims(ModelBytes bytes) =>
        SafeTensorsHead.LooksLikeOne(bytes) || bytes.Name.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        PickleName.Check(Name, bytes, facts, inspection);
        try
        {
            var head = SafeTensorsHead.Read(bytes, facts, inspection);
            long length = bytes.Length - head.DataStart;
            var sorted = head.Tensors.OrderBy(t => t.Begin).ThenBy(t => t.End).ToArray();
            Sizes(sorted, head.DataStart, length, facts, inspection);
            Cover(sorted, length, facts, inspection);
        }
        catch (MalformedModelException fault)
        {
            fault.ReportTo(facts);
        }
    }

    private static void Sizes(SafeTensor[] tensors, long start, long length, ModelFacts facts, ModelInspection inspection)
    {
        int reports = 0;
        foreach (var tensor in tensors)
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            if (Fault(tensor, length) is not var (code, why))
                facts.Tensor(new ModelTensor(tensor.Name, tensor.Type, tensor.Shape, start + tensor.Begin, tensor.End - tensor.Begin));
            else if (reports++ < MostReports)
                facts.Report(code, ModelVerdict.Deny, inspection.At(Printable.Line(tensor.Name, 80)), why);
        }
    }

    private static (string Code, string Why)? Fault(SafeTensor tensor, long length)
    {
        if (SafeTensorsType.Bits(tensor.Type) is not { } bits)
            return ("safetensors-type", $"there is no type {Printable.Line(tensor.Type, 40)}");
        if (tensor.End < tensor.Begin || tensor.End > length)
            return ("safetensors-outside", $"it says that it lies from {tensor.Begin} to {tensor.End} of {length} bytes");
        UInt128 elements = 1;
        foreach (long dimension in tensor.Shape)
        {
            elements *= (ulong)dimension;
            if (elements > long.MaxValue)
                return ("safetensors-shape", "it has more elements than can be counted");
        }

        var size = elements * (ulong)bits;
        if (size % 8 != 0)
            return ("safetensors-shape", $"its elements of {bits} bits do not fill whole bytes");
        return size / 8 == (ulong)(tensor.End - tensor.Begin) ? null
            : ("safetensors-size", $"shape and type make {size / 8} bytes, and it says that it has {tensor.End - tensor.Begin}");
    }

    /// <summary>Each begins where the one before ends, from the first byte to the last: nothing lies between, twice, or behind.</summary>
    private static void Cover(SafeTensor[] tensors, long length, ModelFacts facts, ModelInspection inspection)
    {
        long expected = 0;
        int reports = 0;
        foreach (var tensor in tensors)
        {
            if (tensor.Begin != expected && reports++ < MostReports)
            {
                string code = tensor.Begin < expected ? "safetensors-overlap" : "safetensors-hole";
                facts.Report(code, ModelVerdict.Deny, inspection.At(Printable.Line(tensor.Name, 80)), $"it begins at {tensor.Begin}, and the one before ends at {expected}");
            }

            expected = Math.Max(expected, tensor.End);
        }

        if (expected < length)
            facts.Report("safetensors-trailing", ModelVerdict.Deny, inspection.At("data"), $"{length - expected} bytes belong to no tensor");
    }
}
