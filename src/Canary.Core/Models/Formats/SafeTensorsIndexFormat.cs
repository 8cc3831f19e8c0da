using Canary.Models.Formats.SafeTensors;
using Canary.Text;

namespace Canary.Models.Formats;

/// <summary>
/// The table of a model that is split over safetensors files: which tensor is in which. Each must be in the file that it names, those files
/// must have no others, and no name may lead out of the directory.
/// </summary>
public sealed class SafeTensorsIndexFormat : IModelFormat
{
    /// <summary>In bytes. The largest known is below ten million.</summary>
    public const int MostBytes = 64 * 1024 * 1024;

    /// <summary>Real models have below a few hundred.</summary>
    public const int MostShards = 4096;

    private const int MostReports = 8;

    public string Name => "safetensors-index";

    public bool Claims(ModelBytes bytes) => bytes.Name.EndsWith(".safetensors.index.json", StringComparison.OrdinalIgnoreCase);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        try
        {
            if (bytes.Length > MostBytes)
                throw new MalformedModelException(
                    "safetensors-index-too-large", ModelVerdict.Unknown, inspection.At("index"), "the index is larger than any real one and was not read");
            var index = SafeTensorsIndex.Parse(bytes.Read(0, MostBytes), inspection);
            Shards(index, facts, inspection);
        }
        catch (MalformedModelException fault)
        {
            fault.ReportTo(facts);
        }
    }

    private static void Shards(SafeTensorsIndex index, ModelFacts facts, ModelInspection inspection)
    {
        var shards = index.Tensors.GroupBy(t => t.Value, t => t.Key, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
        if (shards.Length > MostShards)
        {
            facts.Report("safetensors-index-too-many", ModelVerdict.Unknown, inspection.At("weight_map"), $"{shards.Length} files are more than are read");
            return;
        }

        long size = 0;
        bool complete = true;
        foreach (var shard in shards)
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            facts.ExternalFile(shard.Key);
            if (!IsPlainName(shard.Key))
            {
                facts.Report("safetensors-index-path", ModelVerdict.Deny, inspection.At("weight_map"),
                    $"{Printable.Line(shard.Key, 120)} is no name of a safetensors file beside the index");
                complete = false;
            }
            else if (Held(shard.Key, facts, inspection) is { } tensors)
            {
                size += tensors.Sum(t => Math.Clamp(t.End - t.Begin, 0, long.MaxValue / SafeTensorsHead.MostTensors / MostShards));
                Compare(shard, tensors.Select(t => t.Name).ToHashSet(StringComparer.Ordinal), facts, inspection);
            }
            else
            {
                complete = false;
            }
        }

        if (complete && index.TotalSize is { } total && total != size)
            facts.Report("safetensors-index-size", ModelVerdict.Unknown, inspection.At("metadata"), $"total_size is {total}, and the tensors have {size} bytes");
    }

    private static bool IsPlainName(string name) => name.Length is > 12 and <= 255 && name.EndsWith(".safetensors", StringComparison.Ordinal)
        && name[0] != '.' && !name.AsSpan().ContainsAny("/\\:") && !name.Any(char.IsControl);

    private static void Compare(IGrouping<string, string> shard, HashSet<string> held, ModelFacts facts, ModelInspection inspection)
    {
        string place = inspection.At(Printable.Line(shard.Key, 120));
        int reports = 0;
        foreach (string name in shard)
        {
            if (!held.Remove(name) && reports++ < MostReports)
                facts.Report("safetensors-index-absent", ModelVerdict.Deny, place, $"the index says that it holds {Printable.Line(name, 80)}, and it does not");
        }

        // A loader that goes by the file takes it, one that goes by the index does not.
        foreach (string name in held.Order(StringComparer.Ordinal).Take(MostReports))
            facts.Report("safetensors-index-extra", ModelVerdict.Unknown, place, $"it holds {Printable.Line(name, 80)}, which the index does not place there");
    }

    private static IReadOnlyList<SafeTensor>? Held(string name, ModelFacts facts, ModelInspection inspection)
    {
        string place = inspection.At(Printable.Line(name, 120));
        var bytes = inspection.Sibling(name);
        using var close = bytes as IDisposable;
        if (bytes is null)
        {
            facts.Report("safetensors-index-missing", ModelVerdict.Unknown, place, "the index names a file that is not there");
            return null;
        }

        try
        {
            // Its own faults are told where it is inspected itself.
            return SafeTensorsHead.Read(bytes, new ModelFacts(), inspection).Tensors;
        }
        catch (MalformedModelException fault)
        {
            facts.Report("safetensors-index-unreadable", ModelVerdict.Deny, place, $"a file of the index cannot be read: {fault.Message}");
            return null;
        }
    }
}
