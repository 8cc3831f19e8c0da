using System.Buffers.Binary;

namespace Canary.Models.Containers;

/// <summary>A local header (APPNOTE 4.3.7): what a reader of streams believes, and where the body of a member begins.</summary>
internal sealed record ZipLocal(byte[] NameBytes, int Flags, int Method, long Packed, long Size, long BodyAt)
{
    public const int HasDescriptor = 0x0008;

    private const int HeaderBytes = 30;

    public bool SizesFollow => (Flags & HasDescriptor) != 0 && Packed == 0 && Size == 0;

    public static ZipLocal? Read(ModelBytes bytes, long at)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (at < 0 || at > bytes.Length - HeaderBytes || bytes.ReadAt(at, header) < HeaderBytes || !header.StartsWith("PK\x03\x04"u8))
            return null;
        int name = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]), extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        byte[] variable = bytes.Read(at + HeaderBytes, name + extraBytes);
        if (variable.Length < name + extraBytes)
            return null;
        ulong packed = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]), size = BinaryPrimitives.ReadUInt32LittleEndian(header[22..]);
        if ((packed == uint.MaxValue || size == uint.MaxValue) && ZipExtra.Find(variable.AsSpan(name), ZipExtra.Zip64, out var wide)
            && wide.Length >= 16)
        {
            size = size == uint.MaxValue ? BinaryPrimitives.ReadUInt64LittleEndian(wide) : size;
            packed = packed == uint.MaxValue ? BinaryPrimitives.ReadUInt64LittleEndian(wide[8..]) : packed;
        }

        return packed > long.MaxValue / 4 || size > long.MaxValue / 4 ? null
            : new ZipLocal(variable[..name], BinaryPrimitives.ReadUInt16LittleEndian(header[6..]),
                BinaryPrimitives.ReadUInt16LittleEndian(header[8..]),
                (long)packed, (long)size, at + HeaderBytes + name + extraBytes);
    }

    /// <summary>
    /// The length of the data descriptor that stands at the end of a body and repeats its sizes; 0 for none. The CRC is not looked at, as PyTorch
    /// does not.
    /// </summary>
    public static int DescriptorBytes(ModelBytes bytes, long at, long packed, long size)
    {
        ReadOnlySpan<byte> found = bytes.Read(at, 24);
        int mark = found.StartsWith("PK\x07\x08"u8) ? 4 : 0;
        for (int start = mark + 4; start >= 4; start -= mark == 0 ? 5 : 4)
        {
            var sizes = found[Math.Min(start, found.Length)..];
            if (sizes.Length >= 16 && BinaryPrimitives.ReadInt64LittleEndian(sizes) == packed
                && BinaryPrimitives.ReadInt64LittleEndian(sizes[8..]) == size)
                return start + 16;
            if (sizes.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(sizes) == packed
                && BinaryPrimitives.ReadUInt32LittleEndian(sizes[4..]) == size)
                return start + 8;
        }

        return 0;
    }
}
