using System.Buffers.Binary;

namespace Canary.Agents;

/// <summary>The build id of an ELF file (note NT_GNU_BUILD_ID, or Go's): the same in every copy, whatever the copy is called.</summary>
internal static class BuildId
{
    private const int LongestNotes = 64 * 1024;
    private const int MostSegments = 64;
    private const uint NoteSegment = 4;
    private const uint GnuBuildId = 3;

    /// <summary>As hexadecimal; null when the file is no 64-bit little-endian ELF, has no id, or cannot be read.</summary>
    public static string? Read(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            Span<byte> header = stackalloc byte[64];
            if (RandomAccess.Read(file, header, 0) < 64 || !header[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
                return null;
            long table = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
            int size = BinaryPrimitives.ReadUInt16LittleEndian(header[54..]);
            int count = Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(header[56..]), MostSegments);
            if (table < 0 || size < 56)
                return null;
            Span<byte> segment = stackalloc byte[56];
            for (int i = 0; i < count; i++)
            {
                if (RandomAccess.Read(file, segment, table + ((long)i * size)) < 56)
                    return null;
                if (BinaryPrimitives.ReadUInt32LittleEndian(segment) != NoteSegment)
                    continue;
                long at = BinaryPrimitives.ReadInt64LittleEndian(segment[8..]);
                long length = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(segment[32..]), 0, LongestNotes);
                byte[] notes = new byte[length];
                if (at >= 0 && RandomAccess.Read(file, notes, at) == notes.Length && Find(notes) is { } id)
                    return id;
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string? Find(ReadOnlySpan<byte> notes)
    {
        while (notes.Length >= 12)
        {
            uint nameLength = BinaryPrimitives.ReadUInt32LittleEndian(notes);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(notes[8..]);
            long start = 12 + ((nameLength + 3L) & ~3L);
            long next = start + ((length + 3L) & ~3L);
            if (start + length > notes.Length)
                return null;
            if (type == GnuBuildId && nameLength == 4 && notes[12..16].SequenceEqual("GNU\0"u8) && length is > 0 and <= 64)
                return Convert.ToHexStringLower(notes.Slice((int)start, (int)length));
            if (next >= notes.Length)
                return null;
            notes = notes[(int)next..];
        }

        return null;
    }
}
