namespace Canary.Models;

/// <summary>Bytes in memory: a member of an archive that was unpacked.</summary>
public sealed class HeldBytes(string name, ReadOnlyMemory<byte> bytes) : ModelBytes
{
    public override string Name => name;

    public override long Length => bytes.Length;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public override int ReadAt(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset >= bytes.Length)
            return 0;
        var part = bytes.Span[(int)offset..];
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        return part.Length;
    }
}
