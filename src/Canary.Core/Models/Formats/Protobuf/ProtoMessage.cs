namespace Canary.Models.Formats.Protobuf;

/// <summary>The fields of one message, in their order.</summary>
internal struct ProtoMessage(ProtoReader reader, long at, long end)
{
    private long _at = at;

    /// <summary>It does not end where a field ends, or has what is no field: what follows was not read.</summary>
    public bool Broken { get; private set; }

    public readonly long At => _at;

    public bool Next(out ProtoField field)
    {
        field = default;
        if (Broken || _at >= end || !reader.Count())
            return false;
        if (reader.Varint(ref _at, end) is not { } tag || tag >> 3 is 0 or > 0x1fff_ffff)
            return Fail();
        int number = (int)(tag >> 3);
        switch ((ProtoWire)(tag & 7))
        {
            case ProtoWire.Varint:
                if (reader.Varint(ref _at, end) is not { } value)
                    return Fail();
                field = new ProtoField(number, ProtoWire.Varint, value, _at, 0);
                return true;
            case ProtoWire.Length:
                if (reader.Varint(ref _at, end) is not { } length || length > (ulong)(end - _at))
                    return Fail();
                field = new ProtoField(number, ProtoWire.Length, 0, _at, (long)length);
                _at += (long)length;
                return true;
            case ProtoWire.Fixed64 when end - _at >= 8:
                field = new ProtoField(number, ProtoWire.Fixed64, reader.Fixed(_at, 8), _at, 0);
                _at += 8;
                return true;
            case ProtoWire.Fixed32 when end - _at >= 4:
                field = new ProtoField(number, ProtoWire.Fixed32, reader.Fixed(_at, 4), _at, 0);
                _at += 4;
                return true;
            default:
                return Fail();
        }
    }

    private bool Fail()
    {
        Broken = true;
        return false;
    }
}
