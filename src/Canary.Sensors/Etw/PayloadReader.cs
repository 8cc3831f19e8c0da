using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Canary.Sensors.Etw;

/// <summary>
/// Walks the bytes of one payload. Never throws and never reads outside: the first read that finds too little makes
/// <see cref="Failed"/> true, and from then on every read gives nothing.
/// </summary>
/// <param name="pointerSize">4 or 8, of the system that wrote the event; anything else reads as 8.</param>
internal ref struct PayloadReader(ReadOnlySpan<byte> payload, byte pointerSize)
{
    /// <summary>Characters that are read of one string; the rest is passed over, and <see cref="Cut"/> says so.</summary>
    public const int MostCharacters = 64 * 1024;

    private ReadOnlySpan<byte> _rest = payload;
    private readonly int _pointerSize = pointerSize == 4 ? 4 : 8;

    /// <summary>A read ran past the end. Sticky.</summary>
    public bool Failed { get; private set; }

    /// <summary>A string was longer than <see cref="MostCharacters"/>. Sticky.</summary>
    public bool Cut { get; private set; }

    private bool _lossy;

    /// <summary>A string held what is no character, and stands escaped. Sticky.</summary>
    public readonly bool Lossy => _lossy;

    public readonly int Left => _rest.Length;

    public PayloadReader(in EtwRecord record) : this(record.Payload, record.Header.PointerSize)
    {
    }

    public byte U8() => Take(1) is { Length: 1 } bytes ? bytes[0] : (byte)0;

    public ushort U16() => Take(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;

    public uint U32() => Take(4) is { Length: 4 } bytes ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;

    public ulong U64() => Take(8) is { Length: 8 } bytes ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;

    public int Pid() => (int)U32();

    public ulong Pointer() => _pointerSize == 4 ? U32() : U64();

    /// <summary>100 ns since 1601.</summary>
    public long FileTime() => (long)U64();

    /// <summary>A port in network order.</summary>
    public int Port() => Take(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : 0;

    public void Skip(int count) => Take(count);

    public void SkipPointers(int count) => Take(count * _pointerSize);

    /// <summary>So many bytes; empty where there are fewer.</summary>
    public ReadOnlySpan<byte> Bytes(uint count) => Take(count > int.MaxValue ? int.MaxValue : (int)count);

    /// <summary>UTF-16 up to its NUL, which must be there. Not copied: valid as long as the payload.</summary>
    public ReadOnlySpan<char> Characters()
    {
        var characters = MemoryMarshal.Cast<byte, char>(_rest);
        int length = characters.IndexOf('\0');
        if (length < 0)
        {
            Fail();
            return default;
        }

        _rest = _rest[((length + 1) * 2)..];
        if (length <= MostCharacters)
            return characters[..length];
        Cut = true;
        return characters[..MostCharacters];
    }

    public string Text() => EtwText.Of(Characters(), ref _lossy);

    /// <summary>One byte a character up to its NUL. What is not ASCII stands as <c>\xNN</c>: the code page is not told.</summary>
    public string AnsiText()
    {
        int length = _rest.IndexOf((byte)0);
        if (length < 0)
        {
            Fail();
            return "";
        }

        var bytes = _rest[..length];
        _rest = _rest[(length + 1)..];
        if (length > MostCharacters)
        {
            Cut = true;
            bytes = bytes[..MostCharacters];
        }

        return EtwText.OfAnsi(bytes, ref _lossy);
    }

    /// <summary>A security identifier; empty where the bytes are none.</summary>
    public ReadOnlySpan<byte> Sid()
    {
        if (_rest.Length < 8 || _rest[0] != 1 || _rest[1] > 15)
        {
            Fail();
            return default;
        }

        return Take(8 + 4 * _rest[1]);
    }

    /// <summary>
    /// The kernel logger's form: a TOKEN_USER (two pointers' room) before the identifier, or four zero bytes for none
    /// (https://learn.microsoft.com/windows/win32/etw/process-typegroup1, the Sid extension of UserSID).
    /// </summary>
    public ReadOnlySpan<byte> TokenUserSid()
    {
        if (_rest.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(_rest) == 0)
        {
            Skip(4);
            return default;
        }

        SkipPointers(2);
        return Sid();
    }

    public IPAddress? V4() => Take(4) is { Length: 4 } bytes ? new IPAddress(bytes) : null;

    public IPAddress? V6() => Take(16) is { Length: 16 } bytes ? new IPAddress(bytes) : null;

    /// <summary>A sockaddr_in or sockaddr_in6 in its own bytes; null for other families.</summary>
    public static IPEndPoint? SocketAddress(ReadOnlySpan<byte> bytes)
    {
        const ushort v4 = 2, v6 = 23;
        var reader = new PayloadReader(bytes, 8);
        ushort family = reader.U16();
        int port = reader.Port();
        if (family == v6)
            reader.Skip(4);
        var address = family switch { v4 => reader.V4(), v6 => reader.V6(), _ => null };
        return reader.Failed || address is null ? null : new IPEndPoint(address, port);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || count < 0 || count > _rest.Length)
        {
            Fail();
            return default;
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private void Fail()
    {
        Failed = true;
        _rest = default;
    }
}
