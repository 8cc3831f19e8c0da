using System.Buffers.Binary;

namespace Canary.Models.Containers;

/// <summary>A header of a tar (POSIX.1-1988, and the sizes in base 256 of GNU).</summary>
/// <param name="Size">In bytes; -1 where it is no number.</param>
/// <param name="Target">Of a link.</param>
internal sealed record TarHeader(string Name, char Kind, long Size, string Target)
{
    public const int Bytes = 512;

    private const int ChecksumAt = 148, ChecksumBytes = 8;

    public bool IsFile => Kind is '0' or '\0' or '7';

    public bool IsLink => Kind is '1' or '2';

    public bool IsMeta => Kind is 'L' or 'K' or 'x' or 'g';

    /// <summary>Null where the checksum is not that of the header.</summary>
    public static TarHeader? Read(ReadOnlySpan<byte> block)
    {
        if (block.Length < Bytes)
            return null;
        block = block[..Bytes];
        int sum = ChecksumBytes * ' ';
        for (int i = 0; i < Bytes; i++)
        {
            if (i is < ChecksumAt or >= ChecksumAt + ChecksumBytes)
                sum += block[i];
        }

        if (Number(block.Slice(ChecksumAt, ChecksumBytes)) != sum)
            return null;
        string name = Text(block[..100]);
        // GNU's own variant keeps times where ustar keeps the first part of a path.
        if (block[257..].StartsWith("ustar\0"u8) && Text(block.Slice(345, 155)) is { Length: > 0 } prefix)
            name = prefix + "/" + name;
        return new TarHeader(name, (char)block[156], Number(block.Slice(124, 12)), Text(block.Slice(157, 100)));
    }

    private static string Text(ReadOnlySpan<byte> field) =>
        MemberNames.Decode(field.IndexOf((byte)0) is >= 0 and int end ? field[..end] : field);

    private static long Number(ReadOnlySpan<byte> field)
    {
        // Of the checksum's eight bytes none is left for a sign.
        if (field[0] == 0x80 && field.Length > 8)
        {
            var low = field[^8..];
            return field[1..^8].IndexOfAnyExcept((byte)0) >= 0 ? -1 : Math.Max(-1, BinaryPrimitives.ReadInt64BigEndian(low));
        }

        long value = 0;
        int digits = 0;
        foreach (byte b in field.TrimStart(" \0"u8))
        {
            if (b is (byte)' ' or 0)
                break;
            if (b is < (byte)'0' or > (byte)'7')
                return -1;
            value = (value << 3) | (uint)(b - '0');
            digits++;
        }

        return digits == 0 ? -1 : value;
    }
}
