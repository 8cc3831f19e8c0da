using System.Buffers.Binary;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>One event of the gate's group, as it lies in the read buffer.</summary>
/// <param name="Descriptor">The gate's own, read-only, whose reads raise no events; negative for an overflow.</param>
/// <param name="Offset">Where the range of an access begins, in whole pages.</param>
/// <param name="Count">Its length, in whole pages; 0 for a change of size.</param>
internal readonly record struct PermissionEvent(ulong Mask, int Descriptor, int Pid, long Offset, long Count)
{
    private const int MetadataSize = 24;
    private const int InfoHeader = 4;
    private const int RangeSize = 24;

    public bool Asks => (Mask & GateFan.Permissions) != 0;

    public bool IsOverflow => (Mask & Fan.Overflow) != 0;

    public bool IsOpen => (Mask & GateFan.OpenPermission) != 0;

    /// <summary>Takes the first event off <paramref name="buffer"/>.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> buffer, out PermissionEvent taken)
    {
        taken = default;
        if (buffer.Length < MetadataSize)
            return false;
        int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(buffer);
        int metadata = BinaryPrimitives.ReadUInt16LittleEndian(buffer[6..]);
        if (length < metadata || metadata < MetadataSize || length > buffer.Length)
            return false;
        ulong mask = BinaryPrimitives.ReadUInt64LittleEndian(buffer[8..]);
        int descriptor = BinaryPrimitives.ReadInt32LittleEndian(buffer[16..]);
        int pid = BinaryPrimitives.ReadInt32LittleEndian(buffer[20..]);
        var rest = buffer[metadata..length];
        buffer = buffer[length..];
        (long offset, long count) = (0, 0);
        while (rest.Length >= InfoHeader)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            if (size < InfoHeader || size > rest.Length)
                break;
            if (rest[0] == GateFan.InfoRange && size >= RangeSize)
                (offset, count) = (BinaryPrimitives.ReadInt64LittleEndian(rest[8..]), BinaryPrimitives.ReadInt64LittleEndian(rest[16..]));
            rest = rest[size..];
        }

        taken = new PermissionEvent(mask, descriptor, pid, offset, count);
        return true;
    }
}
