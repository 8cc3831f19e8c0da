using System.Globalization;
using Canary.Models.Containers;

namespace Canary.Models.Formats.Onnx;

/// <summary>The numbers of a tensor that lie in another file: a path, a place and a length, each of them a loader's CVE.</summary>
internal sealed class OnnxExternal(ModelFacts facts, ModelInspection inspection)
{
    // ONNX Runtime's mark for tensors that lie in its own memory, at the address in «offset».
    private const string MemoryMark = "_ORT_MEM_ADDR_";

    private const int MostFiles = 10_000;

    private readonly Dictionary<string, long?> _lengths = new(StringComparer.Ordinal);

    /// <param name="needed">What the tensor's shape takes, in bytes; null where that is not known.</param>
    public void Check(string tensor, IReadOnlyList<(string Key, string Value)> entries, long? needed)
    {
        string place = inspection.At($"tensor {tensor}");
        string? location = null;
        long? offset = null, length = null;
        foreach (var (key, value) in entries)
        {
            switch (key)
            {
                case "location":
                    location = value;
                    Path(value, place);
                    break;
                case "offset":
                    offset = Number(key, value, place);
                    break;
                case "length":
                    length = Number(key, value, place);
                    break;
                case "basepath":
                    Path(value, place);
                    break;
                case "checksum":
                    break;
                default:
                    // onnx sets an attribute of its own object for every key (CVE-2026-34445). ONNX Runtime writes weights it has rearranged.
                    bool packed = key.StartsWith("prepacked_", StringComparison.Ordinal);
                    facts.Report("onnx-external-key", packed ? ModelVerdict.Unknown : ModelVerdict.Deny,
                        place, $"the external data has a key that the format does not know: {key}");
                    break;
            }
        }

        if (location is null)
        {
            facts.Report("onnx-external-broken", ModelVerdict.Deny, place, "the tensor lies outside of the file, and no location is given");
            return;
        }

        if (Length(location, place) is not { } size)
            return;
        long start = Math.Max(0, offset ?? 0), take = Math.Max(0, length ?? size - start);
        if (start > size || take > size - start)
            facts.Report("onnx-external-range", ModelVerdict.Deny, place, $"the tensor reaches past the end of {location}");
        else if (needed is { } bytes && take != bytes)
            facts.Report("onnx-tensor-size", take < bytes ? ModelVerdict.Deny : ModelVerdict.Unknown, place,
                $"the shape takes {bytes} bytes, and {take} are there");
    }

    private void Path(string path, string place)
    {
        if (path.Contains(MemoryMark, StringComparison.Ordinal))
            facts.Report("onnx-external-memory", ModelVerdict.Deny, place, "the tensor names an address in the memory of the program that loads it");
        else if (MemberNames.Escapes(path))
            facts.Report("onnx-external-path", ModelVerdict.Deny, place, $"the external data lies outside of the model's folder: {path}");
        else if (path.Contains('\\') || path.Split('/').Any(part => part is "" or "."))
            facts.Report("onnx-external-path", ModelVerdict.Unknown, place, $"the path of the external data is not the shortest one: {path}");
    }

    private long? Length(string location, string place)
    {
        if (_lengths.TryGetValue(location, out long? known) || _lengths.Count >= MostFiles)
            return known;
        facts.ExternalFile(location);
        var file = MemberNames.Escapes(location) ? null : inspection.Sibling(location);
        if (file is null)
            facts.Report("onnx-external-missing", ModelVerdict.Unknown, place, $"the external data is not there, or may not be read: {location}");
        long? length = file?.Length;
        (file as IDisposable)?.Dispose();
        return _lengths[location] = length;
    }

    private long? Number(string key, string value, string place)
    {
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            return number;
        facts.Report("onnx-external-broken", ModelVerdict.Deny, place, $"the {key} of the external data is no number: {value}");
        return null;
    }
}
