using Canary.Models.Containers;

namespace Canary.Models.Formats;

/// <summary>
/// Programs for accelerators: engines of TensorRT, and the serialized graphs of ONNX Runtime, LiteRT and others. They are code and cannot be read,
/// so that no scan makes them trusted: only a hash in the lock does, of a file whose builder is known.
/// </summary>
public sealed class OpaqueFormat : IModelFormat
{
    private const int SearchBytes = 64 * 1024;

    public string Name => "tensorrt";

    public bool Claims(ModelBytes bytes) => Kind(bytes) is not null;

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        string kind = Kind(bytes) ?? Name;
        if (inspection.Within.Length == 0)
            facts.Format = kind;
        facts.Report($"{kind}-opaque", ModelVerdict.Unknown, inspection.At(0),
            "the file is a program for an accelerator, which cannot be read: it needs an exact hash in the lock");
        byte[] start = bytes.Read(0, SearchBytes);
        for (int at = 0; at < start.Length; at++)
        {
            int next = start.AsSpan(at).IndexOfAny("\u007fM"u8);
            if (next < 0)
                return;
            at += next;
            if (NativeCode.Kind(start.AsSpan(at, Math.Min(ModelBytes.HeadBytes, start.Length - at))) is not { } code)
                continue;
            facts.Report($"{kind}-native-code", ModelVerdict.Deny, inspection.At(at), $"a program for the processor lies in it ({code})");
            return;
        }
    }

    // «ftrt» is the tag of TensorRT's serialized engines; plug-ins and older versions have others, so that names count too.
    private static string? Kind(ModelBytes bytes)
    {
        string extension = bytes.Name[(bytes.Name.LastIndexOf('.') + 1)..].ToUpperInvariant();
        return bytes.Head.StartsWith("ftrt"u8) || (extension is "ENGINE" or "PLAN" or "TRT") ? "tensorrt"
            : Identifies(bytes, "ORTM"u8) ? "ort"
            : Identifies(bytes, "TFL3"u8) ? "tflite"
            : Identifies(bytes, "ET12"u8) || Identifies(bytes, "ET13"u8) ? "executorch"
            : null;
    }

    // FlatBuffers keep the identifier of the schema after the offset of the root.
    private static bool Identifies(ModelBytes bytes, ReadOnlySpan<byte> identifier) =>
        bytes.Head.Length > 8 && bytes.Head[4..].StartsWith(identifier);
}
