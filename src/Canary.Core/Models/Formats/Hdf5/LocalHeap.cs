namespace Canary.Models.Formats.Hdf5;

/// <summary>The names of an old group, or of external files.</summary>
internal sealed class LocalHeap
{
    private const int MostNameBytes = 65_536, FirstNameBytes = 256;

    private readonly Hdf5File _file;
    private readonly long _data;
    private readonly long _length;

    public LocalHeap(Hdf5File file, long address)
    {
        _file = file;
        long length = 8L + 2 * file.LengthBytes + file.OffsetBytes;
        var block = file.Block(address, length, "the heap of names");
        block.Signature("HEAP"u8, "the heap of names");
        block.Version(0, 0, "the heap of names");
        block.Skip(3);
        _length = block.Length();
        block.Skip(file.LengthBytes);
        _data = block.Offset();
        if (_data < 0 || _length > file.Length - _data)
            throw file.Fault(address, "the heap of names reaches past the end of the file");
        file.Extents.Structure(address, length);
        file.Extents.Structure(_data, _length);
    }

    /// <summary>The bytes of a name, without its end.</summary>
    public byte[] Name(long offset)
    {
        if (offset < 0 || offset >= _length)
            throw _file.Fault(_data, $"a name lies outside of the heap of names, at {offset}");
        for (long most = FirstNameBytes; ; most *= 16)
        {
            var block = _file.Block(_data + offset, Math.Min(most, _length - offset), "a name");
            if (most >= MostNameBytes || block.Left < most || block.Take(block.Left).Contains((byte)0))
                return _file.Block(_data + offset, Math.Min(most, _length - offset), "a name").Terminated().ToArray();
        }
    }
}
