using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Canary.Advisories.Index;

/// <summary>Writes numbers and texts as an index has them.</summary>
internal sealed class IndexBytes
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public int Length => _bytes.WrittenCount;

    public ReadOnlySpan<byte> Span => _bytes.WrittenSpan;

    public void Byte(byte value) => _bytes.Write([value]);

    public void Fixed32(uint value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(four, value);
        _bytes.Write(four);
    }

    public void Fixed64(ulong value)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(eight, value);
        _bytes.Write(eight);
    }

    /// <summary>Seven bits a byte, the lowest first.</summary>
    public void Number(long value)
    {
        ulong left = (ulong)value;
        for (; left >= 0x80; left >>= 7)
            Byte((byte)(left | 0x80));
        Byte((byte)left);
    }

    public void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Number(bytes.Length);
        _bytes.Write(bytes);
    }

    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);
}

/// <summary>Reads what <see cref="IndexBytes"/> wrote. Whatever the bytes are, it ends in a value or an <see cref="InvalidIndexException"/>.</summary>
internal ref struct IndexCursor(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public byte Byte() => Take(1)[0];

    public int Number()
    {
        long value = 0;
        for (int shift = 0; shift <= 28; shift += 7)
        {
            byte next = Byte();
            value |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
                return value <= int.MaxValue ? (int)value : throw Broken();
        }

        throw Broken();
    }

    /// <summary>How many of something follow; each takes a byte at least.</summary>
    public int Count() => Number() is var count && count <= _left.Length ? count : throw Broken();

    public ReadOnlySpan<byte> Utf8() => Take(Number());

    public string Text() => Encoding.UTF8.GetString(Utf8());

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_left.Length)
            throw Broken();
        var taken = _left[..length];
        _left = _left[length..];
        return taken;
    }

    public static InvalidIndexException Broken() => new("the index is damaged: a part of it points outside of it");
}
