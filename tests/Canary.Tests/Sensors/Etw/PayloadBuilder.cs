using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Canary.Tests.Sensors.Etw;

/// <summary>Writes payloads as a provider does, field by field.</summary>
internal sealed class PayloadBuilder(byte pointerSize = 8)
{
    private readonly List<byte> _bytes = [];

    public byte PointerSize => pointerSize;

    public byte[] Bytes => [.. _bytes];

    public PayloadBuilder U8(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public PayloadBuilder U16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return Raw(bytes);
    }

    public PayloadBuilder U32(params ReadOnlySpan<uint> values)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (uint value in values)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            Raw(bytes);
        }

        return this;
    }

    public PayloadBuilder U64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return Raw(bytes);
    }

    public PayloadBuilder Pointer(params ReadOnlySpan<ulong> values)
    {
        foreach (ulong value in values)
            _ = pointerSize == 4 ? U32((uint)value) : U64(value);
        return this;
    }

    public PayloadBuilder Wide(string text) => Raw(Encoding.Unicode.GetBytes(text + '\0'));

    public PayloadBuilder Ansi(string text) => Raw(Encoding.Latin1.GetBytes(text + '\0'));

    public PayloadBuilder Port(ushort port) => U16(BinaryPrimitives.ReverseEndianness(port));

    public PayloadBuilder Address(string address) => Raw(IPAddress.Parse(address).GetAddressBytes());

    /// <summary>«S-1-5-18» as its bytes.</summary>
    public PayloadBuilder Sid(string sid)
    {
        string[] words = sid.Split('-');
        U8(1).U8((byte)(words.Length - 3)).Raw([0, 0, 0, 0, 0, byte.Parse(words[2])]);
        foreach (string word in words[3..])
            U32(uint.Parse(word));
        return this;
    }

    public PayloadBuilder TokenUser(string sid) => Pointer(0xffffb00112345678, 0).Sid(sid);

    public PayloadBuilder Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }
}
