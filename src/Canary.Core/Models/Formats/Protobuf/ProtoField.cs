namespace Canary.Models.Formats.Protobuf;

/// <summary>One field of a message.</summary>
/// <param name="Value">Of a number; 0 for a field with a length.</param>
/// <param name="At">Where the content of a field with a length begins, from the start of the bytes.</param>
/// <param name="Length">In bytes; 0 for a number.</param>
internal readonly record struct ProtoField(int Number, ProtoWire Wire, ulong Value, long At, long Length)
{
    public bool HasLength => Wire == ProtoWire.Length;

    public bool IsNumber => Wire == ProtoWire.Varint;
}

/// <summary>How a field is written. The two kinds of groups are obsolete; none of our formats has them.</summary>
internal enum ProtoWire : byte
{
    Varint = 0,
    Fixed64 = 1,
    Length = 2,
    Fixed32 = 5,
}
