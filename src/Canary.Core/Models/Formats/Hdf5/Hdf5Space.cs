namespace Canary.Models.Formats.Hdf5;

/// <summary>A dataspace: how many elements there are.</summary>
internal sealed record Hdf5Space(long[] Shape, long Elements)
{
    private const int MostRank = 32;

    /// <exception cref="MalformedModelException">It is broken.</exception>
    public static Hdf5Space Read(Hdf5File file, Hdf5Block block)
    {
        long at = block.Address;
        int version = block.Version(1, 2, "the dataspace"), rank = block.U8();
        bool bounded = (block.U8() & 1) != 0;
        int type = block.U8();
        if (version == 1)
            block.Skip(4);
        if (rank > MostRank)
            throw file.Fault(at, $"the dataspace has {rank} dimensions, and {MostRank} are allowed");
        if (version == 2 && type == 2)
            return new Hdf5Space([], 0);
        long[] shape = new long[rank];
        long elements = 1;
        for (int i = 0; i < rank; i++)
        {
            shape[i] = block.Length();
            elements = file.Times(elements, shape[i], at);
        }

        for (int i = 0; bounded && i < rank; i++)
        {
            // All bits set is «no bound», which is larger than any length.
            if (block.Number(file.LengthBytes) < (ulong)shape[i])
                throw file.Fault(at, "a dimension is longer than it may become");
        }

        return new Hdf5Space(shape, elements);
    }
}
