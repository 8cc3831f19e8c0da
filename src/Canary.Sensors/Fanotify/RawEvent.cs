using System.Buffers.Binary;

namespace Canary.Sensors.Fanotify;

/// <summary>One event as it lies in the read buffer. A handle is fsid, length, type and bytes together: what <see cref="Places"/> is keyed by.</summary>
internal ref struct RawEvent
{
    private const int MetadataSize = 24;
    private const int InfoHeader = 4;
    private const int HandleHeader = 16;

    public ulong Mask;
    public int Pid;
    public ReadOnlySpan<byte> Directory;
    public ReadOnlySpan<byte> Name;
    public ReadOnlySpan<byte> NewDirectory;
    public ReadOnlySpan<byte> NewName;
    public ReadOnlySpan<byte> Target;

    /// <summary>Takes the first event off <paramref name="buffer"/>.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> buffer, out RawEvent taken)
    {
        taken = default;
        if (buffer.Length < MetadataSize)
            return false;
        int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(buffer);
        int metadata = BinaryPrimitives.ReadUInt16LittleEndian(buffer[6..]);
        if (length < metadata || metadata < MetadataSize || length > buffer.Length)
            return false;
        taken.Mask = BinaryPrimitives.ReadUInt64LittleEndian(buffer[8..]);
        taken.Pid = BinaryPrimitives.ReadInt32LittleEndian(buffer[20..]);
        var rest = buffer[metadata..length];
        buffer = buffer[length..];
        while (rest.Length >= InfoHeader)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            if (size < InfoHeader || size > rest.Length)
                break;
            taken.Take(rest[0], rest[InfoHeader..size]);
            rest = rest[size..];
        }

        return true;
    }

    private void Take(byte type, ReadOnlySpan<byte> body)
    {
        if (body.Length < HandleHeader)
            return;
        int end = HandleHeader + (int)BinaryPrimitives.ReadUInt32LittleEndian(body[8..]);
        if (end < HandleHeader || end > body.Length)
            return;
        var handle = body[..end];
        var name = body[end..];
        int zero = name.IndexOf((byte)0);
        if (zero >= 0)
            name = name[..zero];
        switch (type)
        {
            case Fan.InfoFid:
                Target = handle;
                break;
            case Fan.InfoDirectory or Fan.InfoDirectoryName or Fan.InfoOldDirectoryName:
                Directory = handle;
                Name = type == Fan.InfoDirectory ? default : name;
                break;
            case Fan.InfoNewDirectoryName:
                NewDirectory = handle;
                NewName = name;
                break;
            default:
                break;
        }
    }
}
