using System.Buffers.Binary;

namespace Canary.Agents.Portable;

/// <summary>
/// The headers of a portable executable (https://learn.microsoft.com/windows/win32/debug/pe-format): where in the file its parts are.
/// Nothing outside the file is ever read, whatever the headers say.
/// </summary>
internal sealed class PeImage
{
    private const int MostSections = 96, DosHeader = 64, CoffHeader = 24, Section = 40;
    private const int MostOptionalHeader = 1024;

    private readonly Stream _file;
    private readonly (uint Rva, uint Size, uint Offset)[] _sections;
    private readonly (uint At, uint Size)[] _directories;

    private PeImage(Stream file, (uint, uint, uint)[] sections, (uint, uint)[] directories)
    {
        _file = file;
        _sections = sections;
        _directories = directories;
    }

    /// <summary>Null for another file.</summary>
    public static PeImage? Open(Stream file)
    {
        byte[] dos = At(file, 0, DosHeader);
        if (dos.Length < DosHeader || dos[0] != 'M' || dos[1] != 'Z')
            return null;
        uint head = U32(dos, 0x3c);
        byte[] coff = At(file, head, CoffHeader);
        if (coff.Length < CoffHeader || U32(coff, 0) != 0x4550)
            return null;
        int sections = Math.Min((int)U16(coff, 6), MostSections), optionalSize = U16(coff, 20);
        byte[] optional = At(file, head + CoffHeader, Math.Min(optionalSize, MostOptionalHeader));
        // The directories begin behind the fields of a 32- or a 64-bit image.
        int directories = optional.Length < 2 ? int.MaxValue : U16(optional, 0) switch { 0x10b => 96, 0x20b => 112, _ => int.MaxValue };
        if (directories > optional.Length)
            return null;
        int count = Math.Min((int)Math.Min(U32(optional, directories - 4), 16), (optional.Length - directories) / 8);
        byte[] table = At(file, (long)head + CoffHeader + optionalSize, sections * Section);
        return new PeImage(file,
            [.. Enumerable.Range(0, table.Length / Section).Select(i => i * Section).Select(i => (U32(table, i + 12), U32(table, i + 16), U32(table, i + 20)))],
            [.. Enumerable.Range(0, count).Select(i => directories + i * 8).Select(i => (U32(optional, i), U32(optional, i + 4)))]);
    }

    /// <summary>Where a data directory says that it is, and its size; zeros for none.</summary>
    public (uint At, uint Size) Directory(int number) => number < _directories.Length ? _directories[number] : default;

    /// <summary>Bytes by their address in memory; fewer, or none, where the file ends before.</summary>
    public byte[] AtAddress(uint rva, int count)
    {
        foreach (var (start, size, offset) in _sections)
        {
            if (rva >= start && rva - start < size)
                return AtOffset((long)offset + (rva - start), (int)Math.Min(count, size - (rva - start)));
        }

        return [];
    }

    /// <summary>Bytes by their place in the file; fewer, or none, where it ends before.</summary>
    public byte[] AtOffset(long offset, int count) => At(_file, offset, count);

    public static ushort U16(ReadOnlySpan<byte> bytes, int at) => at + 2 <= bytes.Length ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]) : (ushort)0;

    public static uint U32(ReadOnlySpan<byte> bytes, int at) => at + 4 <= bytes.Length ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]) : 0;

    private static byte[] At(Stream file, long offset, int count)
    {
        if (offset < 0 || offset >= file.Length || count <= 0)
            return [];
        file.Position = offset;
        byte[] bytes = new byte[(int)Math.Min(count, file.Length - offset)];
        int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }
}
