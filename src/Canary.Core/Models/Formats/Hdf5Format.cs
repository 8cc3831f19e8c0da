using Canary.Models.Formats.Hdf5;

namespace Canary.Models.Formats;

/// <summary>
/// HDF5, as Keras uses it for weights and used it for whole models. All that a reader can reach from the root is read; what it would open
/// besides (other files, libraries of filters) is said. Where something was not read, the file is searched for code of Keras all the same.
/// </summary>
public sealed class Hdf5Format : IModelFormat
{
    private const int BlockBytes = 64 * 1024;

    // Not «.keras»: Keras asks first whether that is a zip, and weights may lie in a zip at such an offset.
    private static readonly string[] Extensions = [".h5", ".hdf5"];

    public string Name => "hdf5";

    /// <summary>The superblock may stand behind what another format has at the start. Under a name of HDF5's own it counts wherever it is.</summary>
    public bool Claims(ModelBytes bytes) => Hdf5Superblock.Find(bytes, IsNamed(bytes)) is { } start
        && (start == 0 || IsNamed(bytes) || Others(bytes) is null);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        long start = Hdf5Superblock.Find(bytes, IsNamed(bytes)) ?? 0;
        var file = new Hdf5File(bytes, start, facts, inspection);
        try
        {
            var superblock = Hdf5Superblock.Read(file);
            if (superblock.End > file.Length)
                file.Unread("hdf5-broken", 0, $"the file says that it has {superblock.End} bytes, and {file.Length} are there");
            else if (!IsEmpty(bytes, start + superblock.End, bytes.Length, inspection))
                file.Report("hdf5-trailing", ModelVerdict.Unknown, superblock.End, "bytes stand behind the end that the file says");
            Hdf5Objects.Read(file, superblock);
        }
        catch (MalformedModelException fault)
        {
            file.Unread(fault);
        }

        if (!file.Whole)
            Hdf5Search.Run(bytes, facts, inspection);
        if (!IsEmpty(bytes, 0, start, inspection))
            facts.Report("hdf5-user-block", ModelVerdict.Unknown, inspection.At(0), "bytes stand before the superblock, which other readers may take for something else");
        Others(bytes)?.Inspect(bytes, facts, inspection);
        if (inspection.Within.Length == 0)
            facts.Format = Name;
    }

    // A zip is found from its end, and anything may stand in the block before the superblock: the other reader is heard, too.
    private static IModelFormat? Others(ModelBytes bytes) => ModelFormats.All.FirstOrDefault(f => f is not Hdf5Format && f.Claims(bytes));

    private static bool IsNamed(ModelBytes bytes) => Extensions.Any(e => bytes.Name.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    private static bool IsEmpty(ModelBytes bytes, long from, long to, ModelInspection inspection)
    {
        byte[] block = new byte[(int)Math.Clamp(to - from, 0, BlockBytes)];
        for (; from < to; from += block.Length)
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            if (block.AsSpan(0, Math.Min(bytes.ReadAt(from, block), (int)Math.Min(block.Length, to - from))).ContainsAnyExcept((byte)0))
                return false;
        }

        return true;
    }
}
