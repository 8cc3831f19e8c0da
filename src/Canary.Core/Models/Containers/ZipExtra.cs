using System.Buffers.Binary;

namespace Canary.Models.Containers;

/// <summary>The extra field of a zip header: blocks of a kind, a length and that many bytes.</summary>
internal static class ZipExtra
{
    public const int Zip64 = 1;

    public static bool Find(ReadOnlySpan<byte> extra, int kind, out ReadOnlySpan<byte> block)
    {
        while (extra.Length >= 4)
        {
            int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            block = extra.Slice(4, length);
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == kind)
                return true;
            extra = extra[(4 + length)..];
        }

        block = default;
        return false;
    }
}
