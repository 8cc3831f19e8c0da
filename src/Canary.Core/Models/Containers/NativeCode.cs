using System.Buffers.Binary;

namespace Canary.Models.Containers;

/// <summary>Whether bytes are a program for a processor. The marks are long enough that no tensor has them by chance.</summary>
public static class NativeCode
{
    /// <param name="head">The first 4,096 bytes, or all there are.</param>
    /// <returns><c>ELF</c>, <c>PE</c>, <c>Mach-O</c>, or null.</returns>
    public static string? Kind(ReadOnlySpan<byte> head) =>
        head.Length >= 20 && head.StartsWith("\u007fELF"u8) && head[4] is 1 or 2 && head[5] is 1 or 2 && head[6] == 1 ? "ELF"
        : head.Length >= 64 && head.StartsWith("MZ"u8) && BinaryPrimitives.ReadUInt32LittleEndian(head[60..]) is < HeadBytes and var pe
            && pe + 4 <= head.Length && head[(int)pe..].StartsWith("PE\0\0"u8) ? "PE"
        : head.Length >= 8 && (head is [0xcf or 0xce, 0xfa, 0xed, 0xfe, ..] or [0xfe, 0xed, 0xfa, 0xcf or 0xce, ..]
            || head is [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, > 0 and < 20, ..]) ? "Mach-O"
        : null;

    private const uint HeadBytes = ModelBytes.HeadBytes;
}
