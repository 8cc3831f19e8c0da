using System.Text;

namespace Canary.Tests.Models.Formats;

/// <summary>Writes a message of protobuf, field by field.</summary>
internal sealed class ProtoWriter : IDisposable
{
    private readonly MemoryStream _out = new();

    public byte[] Bytes => _out.ToArray();

    public void Dispose() => _out.Dispose();

    public ProtoWriter Number(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    public ProtoWriter Text(int field, string value) => Raw(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Raw(int field, byte[] value)
    {
        Varint(((ulong)field << 3) | 2);
        Varint((ulong)value.Length);
        _out.Write(value);
        return this;
    }

    public ProtoWriter Message(int field, ProtoWriter message) => Raw(field, message.Bytes);

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _out.WriteByte((byte)(value | 0x80));
        _out.WriteByte((byte)value);
    }
}
