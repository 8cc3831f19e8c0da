namespace Canary.Models.Formats.Hdf5;

/// <summary>The first structure of a file: how wide its addresses are, where it ends, and where its root is.</summary>
/// <param name="Root">The object header of the root group.</param>
/// <param name="Extension">The object header of what did not fit here; <see cref="Hdf5File.Undefined"/> for none.</param>
/// <param name="End">Where the file says that it ends.</param>
/// <param name="Group">What the root's entry says of its group besides: tree and heap.</param>
internal sealed record Hdf5Superblock(long Root, long Extension, long End, (long Tree, long Heap)? Group)
{
    private const int MostBytes = 160;

    public static ReadOnlySpan<byte> Mark => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    /// <summary>Where the superblock stands: at the start, or at 512, 1024, 2048 and so on; null where there is none.</summary>
    /// <param name="anywhere">Otherwise only the head is looked at, which is read already.</param>
    public static long? Find(ModelBytes bytes, bool anywhere)
    {
        Span<byte> mark = stackalloc byte[8];
        for (long at = 0; at <= bytes.Length - mark.Length; at = at == 0 ? 512 : at * 2)
        {
            if (at + mark.Length <= bytes.Head.Length)
                bytes.Head.Slice((int)at, mark.Length).CopyTo(mark);
            else if (!anywhere || bytes.ReadAt(at, mark) < mark.Length)
                return null;
            if (mark.SequenceEqual(Mark))
                return at;
        }

        return null;
    }

    /// <exception cref="MalformedModelException">It is none that is known.</exception>
    public static Hdf5Superblock Read(Hdf5File file)
    {
        var block = file.Block(0, Math.Min(MostBytes, file.Length), "the superblock");
        block.Signature(Mark, "the superblock");
        return block.Version(0, 3, "the superblock") is var version and < 2 ? Old(file, block, version) : New(file, block);
    }

    private static Hdf5Superblock Old(Hdf5File file, Hdf5Block block, int version)
    {
        block.Skip(4);
        Widths(file, block);
        block.Skip(9);
        if (version == 1)
            block.Skip(4);
        long start = block.Offset();
        block.Offset();
        long end = Moved(file, start, block.Offset());
        if (block.Offset() is var driver and not Hdf5File.Undefined)
            file.Unread("hdf5-driver", driver, "the file is one of several, and has its data read by a driver of its own");
        block.Offset();
        long root = block.Offset();
        uint cached = block.U32();
        block.Skip(4);
        (long, long)? group = cached == 1 ? (block.Offset(), block.Offset()) : null;
        file.Extents.Structure(0, block.Address + (cached == 1 ? 16 - 2 * file.OffsetBytes : 16));
        return new Hdf5Superblock(root, Hdf5File.Undefined, end, group);
    }

    private static Hdf5Superblock New(Hdf5File file, Hdf5Block block)
    {
        Widths(file, block);
        block.Skip(1);
        long start = block.Offset(), extension = block.Offset(), end = Moved(file, start, block.Offset()), root = block.Offset();
        block.Checksum("the superblock");
        file.Extents.Structure(0, block.Address);
        return new Hdf5Superblock(root, extension, end, null);
    }

    private static void Widths(Hdf5File file, Hdf5Block block)
    {
        int offset = block.U8(), length = block.U8();
        if (offset is not (2 or 4 or 8) || length is not (2 or 4 or 8))
            throw file.Fault(block.Address - 2, $"addresses of {offset} bytes and sizes of {length} are not read");
        (file.OffsetBytes, file.LengthBytes) = (offset, length);
    }

    // The end is said from the start of the file. libhdf5 lets the place of the superblock win over the base address; others add the latter.
    private static long Moved(Hdf5File file, long start, long end)
    {
        if (start != file.FileOffset(0))
            file.Report("hdf5-base-address", ModelVerdict.Unknown, 0, $"addresses count from {start}, says the superblock, which stands elsewhere: readers differ on that");
        return end < start || start < 0 ? throw file.Fault(0, "the superblock says no end of the file") : end - start;
    }
}
