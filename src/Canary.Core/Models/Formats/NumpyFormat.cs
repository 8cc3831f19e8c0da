using System.Buffers.Binary;
using System.Text;
using Canary.Models.Pickles;
using Canary.Text;

namespace Canary.Models.Formats;

/// <summary>numpy's <c>.npy</c>: a header that is a Python literal, then numbers, or a pickle where the elements are objects.</summary>
public sealed class NumpyFormat : IModelFormat
{
    /// <summary>numpy itself takes 10 000 bytes unasked.</summary>
    private const int MostHeader = 64 * 1024;

    private const int MostArrays = 10_000;

    public string Name => "npy";

    public bool Claims(ModelBytes bytes) => IsArray(bytes.Head);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        long at = 0;
        // numpy.save appends to an open file.
        for (int array = 0; at < bytes.Length; array++)
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            byte[] head = bytes.Read(at, 12);
            if (array == MostArrays || !IsArray(head))
            {
                facts.Report("npy-trailing-bytes", ModelVerdict.Unknown, inspection.At(at), "bytes follow the array that are none");
                return;
            }

            if (Array(bytes, at, head, facts, inspection) is not { } end)
                return;
            at = end;
        }
    }

    private static bool IsArray(ReadOnlySpan<byte> head) => head.Length >= 8 && head[0] == 0x93 && head[1..6].SequenceEqual("NUMPY"u8);

    private static long? Array(ModelBytes bytes, long at, byte[] head, ModelFacts facts, ModelInspection inspection)
    {
        if (head[6] is < 1 or > 3 || head.Length < 12)
            return Fault("npy-version", $"version {head[6]} is not known");
        long length = head[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(8)) : BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8));
        long start = at + (head[6] == 1 ? 10 : 12);
        if (length > MostHeader || length > bytes.Length - start)
            return Fault("npy-header", "the header is longer than any header, or than the file");
        var encoding = head[6] == 3 ? Encoding.UTF8 : Encoding.Latin1;
        if (NumpyHeader.Read(encoding.GetString(bytes.Read(start, (int)length))) is not { } header)
            return Fault("npy-header", "the header is not the literal of a dictionary with descr, fortran_order and shape");
        long data = start + length;
        if (header.HasObjects)
        {
            PickleScan.Run(bytes, data, facts, inspection);
            return null;
        }

        if (header.Bytes is not { } size || size > bytes.Length - data)
            return Fault("npy-truncated", "the array is longer than the file");
        if (inspection.Within.Length == 0)
            facts.Tensor(new ModelTensor(Printable.Line(bytes.Name, 200), Printable.Line(header.Type, 80), header.Shape, data, size));
        return data + size;

        long? Fault(string code, string why)
        {
            facts.Report(code, ModelVerdict.Deny, inspection.At(at), why);
            return null;
        }
    }
}
