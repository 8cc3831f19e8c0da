using System.Globalization;
using System.Text.RegularExpressions;
using Canary.Text;

namespace Canary.Models.Formats.Gguf;

/// <summary>
/// A model split over files: each says which it is of how many, and all of them together have as many tensors as each says. The first one
/// is held against the others; each of the others answers for itself alone, so that the work stays linear.
/// </summary>
internal static partial class GgufShards
{
    private const string Number = "split.no", Total = "split.count", TensorTotal = "split.tensors.count";

    /// <summary>Real models have below two hundred.</summary>
    public const ulong MostShards = 1000;

    private static readonly (string Key, GgufValueType Type)[] Keys =
        [(Number, GgufValueType.UInt16), (Total, GgufValueType.UInt16), (TensorTotal, GgufValueType.Int32)];

    public static void Check(GgufHead head, ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        var values = head.Metadata.Values;
        if (!Keys.Any(k => values.ContainsKey(k.Key)))
            return;
        foreach (var (key, type) in Keys)
        {
            if (!values.TryGetValue(key, out var value) || value.Type != type)
            {
                facts.Report("gguf-split-keys", ModelVerdict.Deny, inspection.At(key), $"a file of a split model does not have {key} as {type}");
                return;
            }
        }

        ulong no = values[Number].Number, count = values[Total].Number;
        if (count <= 1)
            return;
        if (no >= count)
        {
            facts.Report("gguf-split-number", ModelVerdict.Deny, inspection.At(Number), $"the file is number {no} of {count}, counted from zero");
            return;
        }

        string name = bytes.Name[(bytes.Name.LastIndexOf('/') + 1)..];
        if (ShardName().Match(name) is not { Success: true } parts)
        {
            facts.Report("gguf-split-name", ModelVerdict.Unknown, inspection.At(Number),
                "the file's name does not say which part of a split model it is, so that the others cannot be found");
            return;
        }

        if (Parsed(parts.Groups[2]) != no + 1 || Parsed(parts.Groups[3]) != count)
            facts.Report("gguf-split-number", ModelVerdict.Deny, inspection.At(Number), $"the file's name does not say what the file says: {no + 1} of {count}");
        else if (no == 0)
            All(head, parts.Groups[1].Value, count, facts, inspection);
    }

    private static ulong Parsed(Group digits) => ulong.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private static void All(GgufHead first, string stem, ulong count, ModelFacts facts, ModelInspection inspection)
    {
        if (count > MostShards)
        {
            facts.Report("gguf-split-too-many", ModelVerdict.Unknown, inspection.At(Total), $"{count} files of a split model are more than are read");
            return;
        }

        ulong declared = first.Metadata.Values[TensorTotal].Number;
        ulong tensors = (ulong)first.Tensors.Count;
        var names = first.Tensors.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        bool complete = true;
        for (ulong no = 1; no < count; no++)
        {
            string name = $"{stem}-{no + 1:d5}-of-{count:d5}.gguf";
            string shown = inspection.At(Printable.Line(name, 120));
            if (Head(name, facts, inspection) is not { } head)
            {
                complete = false;
                continue;
            }

            if (head.Metadata.Number(Number, GgufValueType.UInt16) != no || head.Metadata.Number(Total, GgufValueType.UInt16) != count
                || head.Metadata.Number(TensorTotal, GgufValueType.Int32) != declared)
                facts.Report("gguf-split-differs", ModelVerdict.Deny, shown, "a file of the split model says other numbers than the first");
            tensors += (ulong)head.Tensors.Count;
            if (tensors > GgufHead.MostTensors)
            {
                facts.Report("gguf-too-many", ModelVerdict.Unknown, shown, $"the split model has more tensors than are read");
                return;
            }

            if (head.Tensors.FirstOrDefault(t => !names.Add(t.Name)) is { } again)
                facts.Report("gguf-split-duplicate", ModelVerdict.Deny, shown, $"the tensor {Printable.Line(again.Name, 80)} stands in two files");
        }

        if (complete && tensors != declared)
            facts.Report("gguf-split-tensors", ModelVerdict.Deny, inspection.At(TensorTotal), $"the files have {tensors} tensors, and should have {declared}");
    }

    private static GgufHead? Head(string name, ModelFacts facts, ModelInspection inspection)
    {
        string shown = inspection.At(Printable.Line(name, 120));
        var bytes = inspection.Sibling(name);
        using var close = bytes as IDisposable;
        if (bytes is null)
        {
            facts.Report("gguf-split-missing", ModelVerdict.Unknown, shown, "a file of the split model is not there");
            return null;
        }

        try
        {
            // Its own faults are told where it is inspected itself.
            return GgufFormat.HasMagic(bytes) ? GgufHead.Read(bytes, new ModelFacts(), inspection)
                : throw new MalformedModelException("gguf-magic", ModelVerdict.Deny, shown, "it is no GGUF file");
        }
        catch (MalformedModelException fault)
        {
            facts.Report("gguf-split-unreadable", ModelVerdict.Deny, shown, $"a file of the split model cannot be read: {fault.Message}");
            return null;
        }
    }

    [GeneratedRegex(@"\A(.{1,200})-([0-9]{5})-of-([0-9]{5})\.gguf\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ShardName();
}
