namespace Canary.Models.Formats.Hdf5;

/// <summary>All chunks of a dataset, whichever index finds them.</summary>
internal static class ChunkIndex
{
    /// <param name="bytes">Of a chunk that is not packed.</param>
    /// <exception cref="MalformedModelException">The index is broken.</exception>
    public static IEnumerable<Hdf5Chunk> Of(Hdf5File file, Hdf5Layout layout, Hdf5Space space, bool packed, long bytes)
    {
        if (layout.Address == Hdf5File.Undefined)
            return [];
        return layout.Kind switch
        {
            Hdf5IndexKind.Tree => Old(file, layout),
            Hdf5IndexKind.Single => [new Hdf5Chunk(layout.Address, layout.Size ?? bytes, layout.Mask)],
            Hdf5IndexKind.Implicit => [new Hdf5Chunk(layout.Address, file.Times(Count(file, layout, space), bytes, layout.Address), 0)],
            Hdf5IndexKind.FixedArray => FixedArray.Chunks(file, layout.Address, packed, bytes),
            Hdf5IndexKind.ExtensibleArray => ExtensibleArray.Chunks(file, layout.Address, packed, bytes),
            _ => New(file, layout, packed, bytes),
        };
    }

    private static IEnumerable<Hdf5Chunk> Old(Hdf5File file, Hdf5Layout layout)
    {
        foreach (var (key, child) in BTree1.Leaves(file, layout.Address, BTree1.Chunks, 8 + 8 * layout.Chunk.Length))
            yield return new Hdf5Chunk(child, key.U32(), key.U32());
    }

    private static IEnumerable<Hdf5Chunk> New(Hdf5File file, Hdf5Layout layout, bool packed, long bytes)
    {
        int scaled = 8 * (layout.Chunk.Length - 1);
        foreach (var record in BTree2.Records(file, layout.Address, packed ? 11 : 10))
        {
            int width = record.Left - scaled;
            Hdf5Chunk.CheckWidth(file, record.Address, width, packed);
            yield return Hdf5Chunk.Entry(file, record, width, packed, bytes);
        }
    }

    private static long Count(Hdf5File file, Hdf5Layout layout, Hdf5Space space)
    {
        if (space.Shape.Length != layout.Chunk.Length - 1)
            throw file.Fault(layout.Address, "chunks have other dimensions than their dataset");
        long count = 1;
        for (int i = 0; i < space.Shape.Length; i++)
            count = file.Times(count, space.Shape[i] / layout.Chunk[i] + (space.Shape[i] % layout.Chunk[i] > 0 ? 1 : 0), layout.Address);
        return count;
    }
}
