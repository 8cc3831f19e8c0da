namespace Canary.Inspection;

/// <summary>What a file is by its first bytes; its name may lie.</summary>
public static class FileType
{
    public const string Text = "text", Script = "script", Elf = "elf", Pe = "pe", MachO = "mach-o", Wasm = "wasm", Zip = "zip", Gzip = "gzip", Binary = "binary";

    /// <param name="head">The first 4,096 bytes, or all there are.</param>
    public static string Of(ReadOnlySpan<byte> head) =>
        head.StartsWith("\u007fELF"u8) ? Elf
        : head.StartsWith("MZ"u8) && head.Length >= 64 ? Pe
        : IsMachO(head) ? MachO
        : head.StartsWith("\0asm"u8) ? Wasm
        : head.StartsWith("PK\x03\x04"u8) ? Zip
        : head.Length > 2 && head[0] == 0x1f && head[1] == 0x8b ? Gzip
        : IsUtf16(head) ? Text
        : head.Contains((byte)0) ? Binary
        : head.StartsWith("#!"u8) ? Script : Text;

    public static bool IsText(string type) => type is Text or Script;

    public static bool IsExecutable(string type) => type is Elf or Pe or MachO;

    internal static bool IsUtf16(ReadOnlySpan<byte> head) => head.Length >= 2 && ((head[0] == 0xff && head[1] == 0xfe) || (head[0] == 0xfe && head[1] == 0xff));

    // The fat header's magic is Java's as well; a class file has its version where the fat one has a small number of architectures.
    private static bool IsMachO(ReadOnlySpan<byte> head) =>
        head.Length >= 8 && (head is [0xcf or 0xce, 0xfa, 0xed, 0xfe, ..] or [0xfe, 0xed, 0xfa, 0xcf or 0xce, ..]
            || head is [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, < 20, ..]);
}
