using System.Buffers.Binary;

namespace Canary.Models.Formats.Gguf;

/// <summary>Reads the head of a GGUF file forwards, through a window: what is skipped is not read.</summary>
internal sealed class GgufCursor(ModelBytes bytes, ModelInspection inspection)
{
    private const int Window = 64 * 1024;

    private readonly byte[] _window = new byte[(int)Math.Min(Window, bytes.Length)];
    private long _start;
    private int _held;

    public long Position { get; private set; }

    public long Length { get; } = bytes.Length;

    public long Left => Length - Position;

    /// <summary>Set once the version has shown in which order the bytes stand.</summary>
    public bool BigEndian { get; set; }

    public byte U8() => Take(1)[0];

    public uint U32() => BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(Take(4)) : BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong U64() => BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(Take(8)) : BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>An unsigned number of 1, 2, 4 or 8 bytes.</summary>
    public ulong Number(int size) => size switch
    {
        1 => U8(),
        2 => BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(Take(2)) : BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        4 => U32(),
        _ => U64(),
    };

    /// <summary>So many bytes, in an array of their own; the caller has bounded the number.</summary>
    public byte[] Bytes(int count)
    {
        Need((ulong)count);
        byte[] taken = bytes.Read(Position, count);
        if (taken.Length < count)
            throw Truncated((ulong)count);
        Position += count;
        return taken;
    }

    public void Skip(ulong count)
    {
        Need(count);
        Position += (long)count;
    }

    /// <summary>Skips bytes that must each be 0 or 1; false when one is not.</summary>
    public bool SkipBooleans(ulong count)
    {
        Need(count);
        bool all = true;
        while (count > 0)
        {
            int part = (int)Math.Min(count, (ulong)_window.Length);
            all &= !Take(part).ContainsAnyExceptInRange((byte)0, (byte)1);
            count -= (ulong)part;
        }

        return all;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        Need((ulong)count);
        if (Position < _start || Position + count > _start + _held)
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            _start = Position;
            _held = bytes.ReadAt(_start, _window);
            if (_held < count)
                throw Truncated((ulong)count);
        }

        var taken = _window.AsSpan((int)(Position - _start), count);
        Position += count;
        return taken;
    }

    private void Need(ulong count)
    {
        if (count > (ulong)Left)
            throw Truncated(count);
    }

    private MalformedModelException Truncated(ulong count) => new(
        "gguf-truncated", ModelVerdict.Deny, inspection.At(Position), $"{count} bytes are needed here and the file has {Left} left");
}
