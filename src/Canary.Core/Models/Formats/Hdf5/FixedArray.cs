namespace Canary.Models.Formats.Hdf5;

/// <summary>The index of chunks of a dataset that cannot grow.</summary>
internal static class FixedArray
{
    public static IEnumerable<Hdf5Chunk> Chunks(Hdf5File file, long address, bool packed, long bytes)
    {
        long length = 12L + file.LengthBytes + file.OffsetBytes;
        var header = file.Block(address, length, "the index of chunks");
        header.Signature("FAHD"u8, "the index of chunks");
        header.Version(0, 0, "the index of chunks");
        header.Skip(1);
        int width = header.U8(), pageBits = header.U8();
        long count = header.Length(), block = header.Offset();
        header.Checksum("the index of chunks");
        file.Extents.Structure(address, length);
        Hdf5Chunk.CheckWidth(file, address, width, packed);
        if (pageBits > 32 || count > file.Length / file.OffsetBytes)
            throw file.Fault(address, "the index has more chunks than the file could hold");
        return block == Hdf5File.Undefined ? [] : Entries(file, block, count, 1L << pageBits, width, packed, bytes);
    }

    private static IEnumerable<Hdf5Chunk> Entries(Hdf5File file, long address, long count, long perPage, int width, bool packed, long bytes)
    {
        long pages = count > perPage ? (count + perPage - 1) / perPage : 0, prefix = 6 + file.OffsetBytes;
        long length = prefix + (pages > 0 ? (pages + 7) / 8 : count * width) + 4;
        var block = file.Block(address, length, "the index of chunks");
        block.Signature("FADB"u8, "the index of chunks");
        block.Version(0, 0, "the index of chunks");
        block.Skip(1 + file.OffsetBytes);
        var body = block.Part(length - prefix - 4);
        block.Checksum("the index of chunks");
        file.Extents.Structure(address, length);
        if (pages == 0)
        {
            for (long i = 0; i < count; i++)
                yield return Hdf5Chunk.Entry(file, body, width, packed, bytes);
            yield break;
        }

        byte[] there = body.Take(body.Left).ToArray();
        long at = address + length;
        for (long page = 0; page < pages; page++)
        {
            long entries = Math.Min(perPage, count - page * perPage), size = entries * width + 4;
            if ((there[page / 8] & 0x80 >> (int)(page % 8)) != 0)
            {
                var part = file.Block(at, size, "a page of the index of chunks");
                file.Extents.Structure(at, size);
                for (long i = 0; i < entries; i++)
                    yield return Hdf5Chunk.Entry(file, part, width, packed, bytes);
                part.Checksum("a page of the index of chunks");
            }

            at += size;
        }
    }
}
