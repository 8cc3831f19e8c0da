using System.Numerics;

namespace Canary.Models.Formats.Hdf5;

/// <summary>
/// The index of chunks of a dataset that grows in one dimension: some entries in its first block, then blocks that double, found from there
/// or from super blocks. How many there are of each follows from five numbers (H5EA__hdr_init).
/// </summary>
internal sealed class ExtensibleArray
{
    private readonly Hdf5File _file;
    private readonly bool _packed;
    private readonly long _bytes, _first, _perPage;
    private readonly int _width, _bits, _inFirst, _least, _pointers, _supers;

    private ExtensibleArray(Hdf5File file, long address, bool packed, long bytes)
    {
        (_file, _packed, _bytes) = (file, packed, bytes);
        long length = 16L + 6 * file.LengthBytes + file.OffsetBytes;
        var header = file.Block(address, length, "the index of chunks");
        header.Signature("EAHD"u8, "the index of chunks");
        header.Version(0, 0, "the index of chunks");
        header.Skip(1);
        _width = header.U8();
        _bits = header.U8();
        _inFirst = header.U8();
        _least = header.U8();
        _pointers = header.U8();
        int pageBits = header.U8();
        header.Skip(6 * file.LengthBytes);
        _first = header.Offset();
        header.Checksum("the index of chunks");
        file.Extents.Structure(address, length);
        Hdf5Chunk.CheckWidth(file, address, _width, packed);
        if (_bits is 0 or > 64 || pageBits > 32 || !BitOperations.IsPow2(_least) || !BitOperations.IsPow2(_pointers) || _pointers < 2)
            throw file.Fault(address, "the index of chunks has sizes that no index has");
        _perPage = 1L << pageBits;
        _supers = 1 + _bits - BitOperations.Log2((uint)_least);
    }

    private int DirectSupers => 2 * BitOperations.Log2((uint)_pointers);

    public static IEnumerable<Hdf5Chunk> Chunks(Hdf5File file, long address, bool packed, long bytes)
    {
        var array = new ExtensibleArray(file, address, packed, bytes);
        return array._supers < array.DirectSupers ? throw file.Fault(address, "the index of chunks has sizes that no index has")
            : array._first == Hdf5File.Undefined ? [] : array.Walk();
    }

    private IEnumerable<Hdf5Chunk> Walk()
    {
        long length = 10L + _file.OffsetBytes + (long)_inFirst * _width + (2L * (_pointers - 1) + _supers - DirectSupers) * _file.OffsetBytes;
        var block = _file.Block(_first, length, "the index of chunks");
        block.Signature("EAIB"u8, "the index of chunks");
        block.Version(0, 0, "the index of chunks");
        block.Skip(1 + _file.OffsetBytes);
        for (int i = 0; i < _inFirst; i++)
            yield return Entry(block);
        var data = new List<(long Address, long Entries)>();
        for (int super = 0; super < DirectSupers; super++)
        {
            for (long i = 0; i < Blocks(super) && data.Count < 2 * (_pointers - 1); i++)
                data.Add((block.Offset(), Entries(super)));
        }

        long[] supers = new long[_supers - DirectSupers];
        for (int i = 0; i < supers.Length; i++)
            supers[i] = block.Offset();
        block.Checksum("the index of chunks");
        _file.Extents.Structure(_first, length);
        foreach (var (address, entries) in data.Where(d => d.Address != Hdf5File.Undefined))
        {
            foreach (var chunk in Data(address, entries, false, []))
                yield return chunk;
        }

        for (int i = 0; i < supers.Length; i++)
        {
            if (supers[i] == Hdf5File.Undefined)
                continue;
            foreach (var chunk in Super(supers[i], DirectSupers + i))
                yield return chunk;
        }
    }

    private IEnumerable<Hdf5Chunk> Super(long address, int super)
    {
        long blocks = Blocks(super), entries = Entries(super), pages = entries > _perPage ? entries / _perPage : 0;
        long bitmap = (pages + 7) / 8, prefix = 6 + _file.OffsetBytes + (_bits + 7) / 8;
        long length = prefix + _file.Times(blocks, bitmap + _file.OffsetBytes, address) + 4;
        var block = _file.Block(address, length, "the index of chunks");
        block.Signature("EASB"u8, "the index of chunks");
        block.Version(0, 0, "the index of chunks");
        block.Skip(prefix - 5);
        byte[] there = block.Take(blocks * bitmap).ToArray();
        var data = block.Part(blocks * _file.OffsetBytes);
        block.Checksum("the index of chunks");
        _file.Extents.Structure(address, length);
        for (long i = 0; i < blocks; i++)
        {
            if (data.Offset() is not (var at and not Hdf5File.Undefined))
                continue;
            // The bits of all blocks follow each other without gaps, though there is room for whole bytes of each.
            var paged = new List<long>();
            for (long page = 0, bit = i * pages; page < pages; page++, bit++)
            {
                if ((there[bit / 8] & 0x80 >> (int)(bit % 8)) != 0)
                    paged.Add(page);
            }

            foreach (var chunk in Data(at, entries, pages > 0, paged))
                yield return chunk;
        }
    }

    /// <param name="pages">Which of its pages were ever written.</param>
    private IEnumerable<Hdf5Chunk> Data(long address, long entries, bool paged, List<long> pages)
    {
        long prefix = 6 + _file.OffsetBytes + (_bits + 7) / 8, length = prefix + (paged ? 0 : _file.Times(entries, _width, address)) + 4;
        var block = _file.Block(address, length, "the index of chunks");
        block.Signature("EADB"u8, "the index of chunks");
        block.Version(0, 0, "the index of chunks");
        block.Skip(prefix - 5);
        var body = block.Part(length - prefix - 4);
        block.Checksum("the index of chunks");
        _file.Extents.Structure(address, length);
        while (body.Left > 0)
            yield return Entry(body);
        long size = _perPage * _width + 4;
        foreach (long page in pages)
        {
            long at = address + length + page * size;
            var part = _file.Block(at, size, "a page of the index of chunks");
            _file.Extents.Structure(at, size);
            for (long i = 0; i < _perPage; i++)
                yield return Entry(part);
            part.Checksum("a page of the index of chunks");
        }
    }

    private Hdf5Chunk Entry(Hdf5Block block) => Hdf5Chunk.Entry(_file, block, _width, _packed, _bytes);

    private static long Blocks(int super) => 1L << super / 2;

    private long Entries(int super) => (long)_least << (super + 1) / 2;
}
