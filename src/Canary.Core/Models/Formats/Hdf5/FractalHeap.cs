using System.Numerics;

namespace Canary.Models.Formats.Hdf5;

/// <summary>The heap of links, attributes and shared messages of newer files: a table of blocks that double, found by identifiers.</summary>
internal sealed class FractalHeap
{
    private const int Managed = 0, Huge = 1, Tiny = 2;

    // libhdf5 makes tables of 4 blocks a row.
    private const int MostWidth = 1024, MostTables = 64, MostHuge = 100_000;

    private readonly Hdf5File _file;
    private readonly int _idBytes, _offsetBytes, _lengthBytes, _rows, _width, _directRows;
    private readonly long _hugeTree, _start, _root;
    private readonly Dictionary<long, long[]> _tables = [];
    private readonly HashSet<long> _blocks = [];
    private Dictionary<ulong, (long Address, long Length)>? _huge;

    /// <exception cref="MalformedModelException">It is broken, or packed.</exception>
    public FractalHeap(Hdf5File file, long address)
    {
        _file = file;
        int o = file.OffsetBytes, l = file.LengthBytes;
        long length = 26L + 3 * o + 12 * l;
        var header = file.Block(address, length, "the heap");
        header.Signature("FRHP"u8, "the heap");
        header.Version(0, 0, "the heap");
        _idBytes = header.U16();
        if (header.U16() != 0)
            throw new MalformedModelException("hdf5-not-read", ModelVerdict.Unknown, file.At(address), "the heap is packed by filters, and what is in it was not read");
        header.Skip(1);
        uint mostManaged = header.U32();
        header.Skip(l);
        _hugeTree = header.Offset();
        header.Skip(l + o + 8 * l);
        _width = header.U16();
        _start = header.Length();
        long mostDirect = header.Length();
        int bits = header.U16();
        header.Skip(2);
        _root = header.Offset();
        _rows = header.U16();
        header.Checksum("the heap");
        file.Extents.Structure(address, length);
        if (_width is 0 or > MostWidth || _start <= 0 || !BitOperations.IsPow2(_start) || !BitOperations.IsPow2(_width) || mostDirect < _start
            || !BitOperations.IsPow2(mostDirect) || bits is 0 or > 64 || _rows > 64)
            throw file.Fault(address, "the table of the heap has sizes that no table has");
        _offsetBytes = (bits + 7) / 8;
        _lengthBytes = Math.Min((BitOperations.Log2((ulong)mostDirect) + 7) / 8, BitOperations.Log2(mostManaged | 1) / 8 + 1);
        _directRows = BitOperations.Log2((ulong)mostDirect) - BitOperations.Log2((ulong)_start) + 2;
    }

    /// <summary>The object with an identifier.</summary>
    /// <param name="id">What stands in the record of a tree.</param>
    public Hdf5Block Object(Hdf5Block id)
    {
        long at = id.Address;
        var own = id.Part(Math.Min(_idBytes, id.Left));
        int first = own.U8();
        if (first >> 6 != 0)
            throw _file.Fault(at, "the version of an identifier is not known");
        return (first >> 4 & 3) switch
        {
            Managed => InBlock(own.Counted(_offsetBytes), own.Counted(_lengthBytes), at),
            Huge => Large(own),
            Tiny => own.Part(_idBytes - 1 > 16 ? ((first & 15) << 8 | own.U8()) + 1 : (first & 15) + 1),
            _ => throw _file.Fault(at, "the kind of an identifier is not known"),
        };
    }

    private Hdf5Block InBlock(long offset, long length, long at)
    {
        long address = _root, base_ = 0, size = _start;
        for (int rows = _rows; rows > 0;)
        {
            long inside = offset - base_;
            int row = inside / _width < _start ? 0 : BitOperations.Log2((ulong)(inside / _width / _start)) + 1;
            if (row >= rows)
                throw _file.Fault(at, $"the object lies outside of its heap, at {offset}");
            size = _start << Math.Max(0, row - 1);
            long rowStart = row == 0 ? 0 : _file.Times(_width, size, at);
            int column = (int)((inside - rowStart) / size);
            long[] table = Table(address, rows);
            address = table[row * _width + column];
            base_ += rowStart + column * size;
            if (row < _directRows)
                break;
            int below = BitOperations.Log2((ulong)size) - BitOperations.Log2((ulong)_start) - BitOperations.Log2((uint)_width) + 1;
            rows = below > 0 && below < rows ? below : throw _file.Fault(at, "the table of the heap does not fit together");
        }

        if (address == Hdf5File.Undefined || offset - base_ > size - length || length == 0)
            throw _file.Fault(at, $"the object lies outside of its heap, at {offset}");
        if (_blocks.Add(address))
        {
            _file.Block(address, 4, "a block of the heap").Signature("FHDB"u8, "a block of the heap");
            _file.Extents.Structure(address, size);
        }

        return _file.Block(address + offset - base_, length, "an object of the heap");
    }

    // Addresses of direct blocks, then of further tables.
    private long[] Table(long address, int rows)
    {
        if (_tables.TryGetValue(address, out long[]? known) && known.Length == rows * _width)
            return known;
        long prefix = 5L + _file.OffsetBytes + _offsetBytes, count = (long)rows * _width;
        var block = _file.Block(address, prefix + count * _file.OffsetBytes + 4, "a table of the heap");
        block.Signature("FHIB"u8, "a table of the heap");
        block.Version(0, 0, "a table of the heap");
        block.Skip(_file.OffsetBytes + _offsetBytes);
        long[] table = new long[count];
        for (int i = 0; i < table.Length; i++)
            table[i] = block.Offset();
        block.Checksum("a table of the heap");
        _file.Extents.Structure(address, prefix + count * _file.OffsetBytes + 4);
        if (_tables.Count >= MostTables)
            _tables.Clear();
        return _tables[address] = table;
    }

    private Hdf5Block Large(Hdf5Block id)
    {
        // Address and length stand in the identifier itself where they fit.
        if (_idBytes - 1 >= _file.OffsetBytes + _file.LengthBytes)
            return Stored(id.Offset(), id.Length());
        ulong key = id.Number(Math.Min(8, _idBytes - 1));
        return HugeObjects().TryGetValue(key, out var found) ? Stored(found.Address, found.Length)
            : throw _file.Fault(id.Address, $"the heap has no large object {key}");
    }

    private Hdf5Block Stored(long address, long length)
    {
        var block = _file.Block(address, length, "a large object of the heap");
        _file.Extents.Structure(address, length);
        return block;
    }

    private Dictionary<ulong, (long Address, long Length)> HugeObjects()
    {
        if (_huge is not null)
            return _huge;
        _huge = [];
        if (_hugeTree == Hdf5File.Undefined)
            return _huge;
        foreach (var record in BTree2.Records(_file, _hugeTree, 1))
        {
            long address = record.Offset(), length = record.Length();
            if (_huge.Count >= MostHuge)
                throw new MalformedModelException("hdf5-too-many", ModelVerdict.Unknown, _file.At(address), $"the heap has more than {MostHuge} large objects");
            _huge[record.Number(_file.LengthBytes)] = (address, length);
        }

        return _huge;
    }
}
