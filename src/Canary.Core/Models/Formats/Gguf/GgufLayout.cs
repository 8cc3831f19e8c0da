using Canary.Text;

namespace Canary.Models.Formats.Gguf;

/// <summary>Where the tensors lie: each right behind the one before, only zeros between, and nothing behind the last.</summary>
internal static class GgufLayout
{
    /// <summary>Of an alignment that anyone uses. Above it paddings are too large to be looked through, and are places to hide in.</summary>
    public const long MostAlignment = 64 * 1024;

    // The later ones follow from the first.
    private const int MostReports = 8;

    public static void Check(GgufHead head, ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        long alignment = head.Alignment;
        if (alignment > MostAlignment)
            facts.Report("gguf-alignment-unusual", ModelVerdict.Unknown, inspection.At("general.alignment"), $"tensors are aligned to {alignment} bytes");
        long start = Math.Min(Padded(head.End, alignment), bytes.Length);
        Padding(head.End, start, bytes, facts, inspection);
        UInt128 expected = 0;
        int reports = 0;
        bool whole = head.Tensors.Count == 0 || Padded(head.End, alignment) <= bytes.Length;
        foreach (var tensor in head.Tensors)
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            string shown = Printable.Line(tensor.Name, 80);
            bool placed = tensor.Offset == expected;
            whole &= placed;
            if (!placed && reports++ < MostReports)
            {
                if (tensor.Offset % (ulong)alignment != 0)
                    facts.Report("gguf-tensor-unaligned", ModelVerdict.Deny, inspection.At(shown), $"it begins at {tensor.Offset}, which is no multiple of {alignment}");
                else if (tensor.Offset < expected)
                    facts.Report("gguf-tensor-overlap", ModelVerdict.Deny, inspection.At(shown), $"it begins at {tensor.Offset}, and the one before ends at {expected}");
                else
                    facts.Report("gguf-tensor-hole", ModelVerdict.Deny, inspection.At(shown), $"it begins at {tensor.Offset}, and the one before ends at {expected}");
            }

            if (tensor.Type is not { } type)
                return;
            UInt128 end = (UInt128)tensor.Offset + (ulong)tensor.Length;
            if (end > (UInt128)(bytes.Length - start))
            {
                whole = false;
                if (reports++ < MostReports)
                    facts.Report("gguf-tensor-outside", ModelVerdict.Deny, inspection.At(shown), $"it ends at {end} of {bytes.Length - start} bytes of data");
            }
            else
            {
                facts.Tensor(new ModelTensor(tensor.Name, type.Name, tensor.Shape, start + (long)tensor.Offset, tensor.Length));
                long last = start + (long)end;
                if (placed)
                    Padding(last, Math.Min(Padded(last - start, alignment) + start, bytes.Length), bytes, facts, inspection);
            }

            expected = (end + (ulong)alignment - 1) / (ulong)alignment * (ulong)alignment;
        }

        if (whole && (UInt128)bytes.Length > (UInt128)start + expected)
        {
            long end = start + (long)expected;
            facts.Report("gguf-trailing", ModelVerdict.Deny, inspection.At(end), $"{bytes.Length - end} bytes stand behind the last tensor");
        }
        else if (!whole && reports == 0 && facts.Verdict != ModelVerdict.Deny)
        {
            facts.Report("gguf-truncated", ModelVerdict.Deny, inspection.At(bytes.Length), "the file ends before its data begins");
        }
    }

    private static long Padded(long length, long alignment) => (length + alignment - 1) / alignment * alignment;

    private static void Padding(long from, long to, ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        if (to <= from)
            return;
        byte[] padding = bytes.Read(from, (int)Math.Min(to - from, MostAlignment));
        if (padding.AsSpan().IndexOfAnyExcept((byte)0) is >= 0 and int at)
            facts.Report("gguf-padding", ModelVerdict.Deny, inspection.At(from + at), "bytes that are only there to fill are not zero");
    }
}
