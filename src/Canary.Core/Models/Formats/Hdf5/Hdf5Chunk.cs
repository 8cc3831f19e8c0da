namespace Canary.Models.Formats.Hdf5;

/// <summary>A chunk as it is stored.</summary>
/// <param name="Mask">A bit for each filter that was left out.</param>
internal readonly record struct Hdf5Chunk(long Address, long Length, uint Mask)
{
    /// <summary>Of an array of chunks: an address, and a length and a mask where chunks are packed.</summary>
    /// <param name="width">Of an entry, in bytes.</param>
    public static Hdf5Chunk Entry(Hdf5File file, Hdf5Block block, int width, bool packed, long bytes)
    {
        long address = block.Offset();
        return packed ? new Hdf5Chunk(address, block.Counted(width - file.OffsetBytes - 4), block.U32()) : new Hdf5Chunk(address, bytes, 0);
    }

    /// <exception cref="MalformedModelException">Entries of an array cannot have that width.</exception>
    public static void CheckWidth(Hdf5File file, long at, int width, bool packed)
    {
        int rest = width - file.OffsetBytes;
        if (packed ? rest is < 5 or > 12 : rest != 0)
            throw file.Fault(at, $"entries of the index of chunks have {width} bytes");
    }
}
