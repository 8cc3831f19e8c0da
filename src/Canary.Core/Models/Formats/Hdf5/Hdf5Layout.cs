namespace Canary.Models.Formats.Hdf5;

/// <summary>Where the numbers of a dataset lie.</summary>
/// <param name="Address">Of the numbers, of the index of chunks, or of the list of sources.</param>
/// <param name="Size">Of what lies in one piece, or of the one chunk; null where the message does not say it.</param>
/// <param name="Chunk">The dimensions of a chunk, the size of an element last.</param>
/// <param name="Mask">Which filters were left out for the one chunk.</param>
/// <param name="Index">The number of a source in its collection.</param>
internal sealed record Hdf5Layout(Hdf5LayoutClass Class, long Address, long? Size, long[] Chunk, Hdf5IndexKind Kind, uint Mask, uint Index)
{
    private const int MostRank = 33;

    /// <exception cref="MalformedModelException">It is broken, or of a class or version that is not known.</exception>
    public static Hdf5Layout Read(Hdf5File file, Hdf5Block block)
    {
        long at = block.Address;
        int version = block.Version(1, 4, "the layout");
        if (version < 3)
            return Old(file, block);
        var kind = (Hdf5LayoutClass)block.U8();
        switch (kind)
        {
            case Hdf5LayoutClass.Compact:
                int size = block.U16();
                return block.Left < size ? throw file.Fault(at, "the numbers are longer than their message") : Plain(kind, block.Address, size);
            case Hdf5LayoutClass.Contiguous:
                return Plain(kind, block.Offset(), block.Length());
            case Hdf5LayoutClass.Chunked when version == 3:
                int rank = Rank(file, block);
                return new Hdf5Layout(kind, block.Offset(), null, Dimensions(file, block, rank, 4), Hdf5IndexKind.Tree, 0, 0);
            case Hdf5LayoutClass.Chunked:
                return Chunked(file, block);
            case Hdf5LayoutClass.Virtual when version == 4:
                return new Hdf5Layout(kind, block.Offset(), null, [], default, 0, block.U32());
            default:
                throw file.Fault(at, $"the layout is of class {(int)kind}, which is not known");
        }
    }

    private static Hdf5Layout Plain(Hdf5LayoutClass kind, long address, long? size) => new(kind, address, size, [], default, 0, 0);

    private static Hdf5Layout Old(Hdf5File file, Hdf5Block block)
    {
        int rank = Rank(file, block);
        var kind = (Hdf5LayoutClass)block.U8();
        block.Skip(5);
        long address = kind == Hdf5LayoutClass.Compact ? 0 : block.Offset();
        if (kind == Hdf5LayoutClass.Chunked)
            return new Hdf5Layout(kind, address, null, Dimensions(file, block, rank, 4), Hdf5IndexKind.Tree, 0, 0);
        block.Skip(4 * rank);
        if (kind == Hdf5LayoutClass.Contiguous)
            return Plain(kind, address, null);
        if (kind != Hdf5LayoutClass.Compact)
            throw file.Fault(block.Address, $"the layout is of class {(int)kind}, which is not known");
        long size = block.U32();
        return block.Left < size ? throw file.Fault(block.Address, "the numbers are longer than their message") : Plain(kind, block.Address, size);
    }

    private static Hdf5Layout Chunked(Hdf5File file, Hdf5Block block)
    {
        int flags = block.U8(), rank = Rank(file, block), width = block.U8();
        if (width is 0 or > 8)
            throw file.Fault(block.Address - 1, $"dimensions of chunks have {width} bytes");
        long[] chunk = Dimensions(file, block, rank, width);
        var index = (Hdf5IndexKind)block.U8();
        (long? size, uint mask) = (null, 0);
        if (index == Hdf5IndexKind.Single && (flags & 2) != 0)
            (size, mask) = (block.Length(), block.U32());
        // What else stands here stands in the index, too.
        block.Skip(index switch
        {
            Hdf5IndexKind.Single or Hdf5IndexKind.Implicit => 0,
            Hdf5IndexKind.FixedArray => 1,
            Hdf5IndexKind.ExtensibleArray => 5,
            Hdf5IndexKind.NewTree => 6,
            _ => throw file.Fault(block.Address - 1, $"the index of chunks is of kind {(int)index}, which is not known"),
        });
        return new Hdf5Layout(Hdf5LayoutClass.Chunked, block.Offset(), size, chunk, index, mask, 0);
    }

    private static int Rank(Hdf5File file, Hdf5Block block) =>
        block.U8() is var rank && rank > MostRank ? throw file.Fault(block.Address - 1, $"the layout has {rank} dimensions") : rank;

    private static long[] Dimensions(Hdf5File file, Hdf5Block block, int rank, int width)
    {
        if (rank < 2)
            throw file.Fault(block.Address, "a chunk needs a dimension, and the size of an element");
        long[] dimensions = new long[rank];
        for (int i = 0; i < rank; i++)
            dimensions[i] = block.Counted(width) is var length and > 0 ? length : throw file.Fault(block.Address, "a dimension of chunks is zero");
        return dimensions;
    }
}
