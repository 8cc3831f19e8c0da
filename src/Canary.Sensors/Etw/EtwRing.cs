using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Canary.Sensors.Etw;

/// <summary>
/// Bytes of events between a session's callback and the pump: one writer, one reader, no lock and no allocation. What does not fit is
/// counted, never waited for: a callback that waits makes the kernel drop.
/// </summary>
internal sealed class EtwRing
{
    private const int Frame = 4;
    private const int HeaderBytes = 32;
    private const int Skip = -1;

    private readonly byte[] _bytes;
    private readonly int _mask;
    private long _written, _read, _dropped;
    private int _peeked;

    /// <param name="size">In bytes; a power of two.</param>
    public EtwRing(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(System.Numerics.BitOperations.IsPow2(size) && size >= 4096, true, nameof(size));
        _bytes = new byte[size];
        _mask = size - 1;
    }

    /// <summary>Events that found no room since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public bool IsEmpty => Volatile.Read(ref _written) == Volatile.Read(ref _read);

    /// <summary>The writer's side.</summary>
    public bool TryWrite(in EtwHeader header, ReadOnlySpan<byte> payload)
    {
        int length = (Frame + HeaderBytes + payload.Length + 7) & ~7;
        long written = _written;
        int at = (int)(written & _mask);
        int toEnd = _bytes.Length - at;
        int needed = length <= toEnd ? length : toEnd + length;
        if (needed > _bytes.Length - (written - Volatile.Read(ref _read)))
        {
            Interlocked.Increment(ref _dropped);
            return false;
        }

        if (length > toEnd)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at), Skip);
            written += toEnd;
            at = 0;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at), payload.Length);
        Write(_bytes.AsSpan(at + Frame, HeaderBytes), header);
        payload.CopyTo(_bytes.AsSpan(at + Frame + HeaderBytes));
        Volatile.Write(ref _written, written + length);
        return true;
    }

    /// <summary>The reader's side: the oldest event, valid until <see cref="Advance"/>.</summary>
    public bool TryPeek(out EtwRecord record)
    {
        while (Volatile.Read(ref _written) is var written && written != _read)
        {
            int at = (int)(_read & _mask);
            int payload = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at));
            if (payload == Skip)
            {
                Volatile.Write(ref _read, _read + _bytes.Length - at);
                continue;
            }

            _peeked = (Frame + HeaderBytes + payload + 7) & ~7;
            record = new EtwRecord(Read(_bytes.AsSpan(at + Frame, HeaderBytes)), _bytes.AsSpan(at + Frame + HeaderBytes, payload));
            return true;
        }

        record = default;
        return false;
    }

    /// <summary>Frees what was peeked.</summary>
    public void Advance()
    {
        Volatile.Write(ref _read, _read + _peeked);
        _peeked = 0;
    }

    private static void Write(Span<byte> into, in EtwHeader header)
    {
        into[0] = (byte)header.Provider;
        into[1] = header.Version;
        into[2] = header.Opcode;
        into[3] = header.PointerSize;
        MemoryMarshal.Write(into[4..], header.Id);
        MemoryMarshal.Write(into[8..], header.Pid);
        MemoryMarshal.Write(into[12..], header.Tid);
        MemoryMarshal.Write(into[16..], header.AtNs);
    }

    private static EtwHeader Read(ReadOnlySpan<byte> from) => new(
        (EtwProvider)from[0], MemoryMarshal.Read<ushort>(from[4..]), from[1], from[2],
        MemoryMarshal.Read<int>(from[8..]), MemoryMarshal.Read<int>(from[12..]), MemoryMarshal.Read<long>(from[16..]), from[3]);
}
