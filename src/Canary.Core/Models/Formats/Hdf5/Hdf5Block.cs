using System.Buffers.Binary;

namespace Canary.Models.Formats.Hdf5;

/// <summary>Reads a part of the file forwards. Whatever it has not, it says with its address.</summary>
internal sealed class Hdf5Block(Hdf5File file, ReadOnlyMemory<byte> bytes, long at)
{
    private int _position;

    /// <summary>Where the next byte lies in the file.</summary>
    public long Address => at + _position;

    public int Left => bytes.Length - _position;

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>A number of 1 to 8 bytes.</summary>
    public ulong Number(int size)
    {
        ulong number = 0;
        var taken = Take(size);
        for (int i = size - 1; i >= 0; i--)
            number = number << 8 | taken[i];
        return number;
    }

    /// <summary>An address; <see cref="Hdf5File.Undefined"/> where all bits are set.</summary>
    public long Offset()
    {
        ulong number = Number(file.OffsetBytes);
        if (number == ulong.MaxValue >> 64 - 8 * file.OffsetBytes)
            return Hdf5File.Undefined;
        return number <= long.MaxValue ? (long)number : throw file.Fault(Address - file.OffsetBytes, "an address is larger than any file");
    }

    public long Length() => Counted(file.LengthBytes);

    /// <summary>A number of 1 to 8 bytes that must not be negative as a signed one.</summary>
    public long Counted(int size)
    {
        ulong number = Number(size);
        return number <= long.MaxValue ? (long)number : throw file.Fault(Address - size, "a size is larger than any file");
    }

    public ReadOnlySpan<byte> Take(long count)
    {
        Need(count);
        var taken = bytes.Span.Slice(_position, (int)count);
        _position += (int)count;
        return taken;
    }

    public void Skip(long count)
    {
        Need(count);
        _position += (int)count;
    }

    /// <summary>The next bytes, to be read on their own.</summary>
    public Hdf5Block Part(long count)
    {
        Need(count);
        var part = new Hdf5Block(file, bytes.Slice(_position, (int)count), Address);
        _position += (int)count;
        return part;
    }

    /// <summary>The bytes up to a zero, which is taken too.</summary>
    public ReadOnlySpan<byte> Terminated()
    {
        int end = bytes.Span[_position..].IndexOf((byte)0);
        if (end < 0)
            throw file.Fault(Address, "a name has no end");
        var taken = Take(end);
        _position++;
        return taken;
    }

    /// <summary>Skips to a multiple of 8 from the first byte of this part.</summary>
    public void Align() => Skip(Math.Min(-_position & 7, Left));

    /// <exception cref="MalformedModelException">The signature is another.</exception>
    public void Signature(ReadOnlySpan<byte> signature, string what)
    {
        if (!Take(signature.Length).SequenceEqual(signature))
            throw file.Fault(Address - signature.Length, $"{what} does not begin as one");
    }

    public byte Version(int least, int most, string what)
    {
        byte version = U8();
        return version >= least && version <= most ? version
            : throw file.Fault(Address - 1, $"the version of {what} is {version}, which is not known");
    }

    /// <summary>Compares the sum that comes next with that of all bytes before it.</summary>
    public void Checksum(string what)
    {
        uint sum = Hdf5Checksum.Of(bytes.Span[.._position]);
        if (U32() != sum)
            throw file.Fault(at, $"the checksum of {what} is wrong");
    }

    private void Need(long count)
    {
        if (count < 0 || count > Left)
            throw file.Fault(Address, $"{count} bytes are needed here and {Left} are left of this part");
    }
}
