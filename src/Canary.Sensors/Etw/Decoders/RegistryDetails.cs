using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>What a value was set to, as Sysmon's event 13 writes it.</summary>
internal static class RegistryDetails
{
    // MS-RPRN §2.2.3.9 and winnt.h.
    private const uint Text = 1, Expandable = 2, Number = 4, Link = 6, Texts = 7, Number64 = 11;

    /// <param name="size">Bytes that were set; the provider may have captured fewer, or none.</param>
    /// <returns>Null where it was not captured.</returns>
    public static string? Of(uint type, uint size, ReadOnlySpan<byte> captured)
    {
        if (size == 0)
            return "(Empty)";
        if (captured.IsEmpty)
            return null;
        switch (type)
        {
            case Number when captured.Length >= 4:
                return string.Create(CultureInfo.InvariantCulture, $"DWORD (0x{BinaryPrimitives.ReadUInt32LittleEndian(captured):x8})");
            case Number64 when captured.Length >= 8:
                ulong value = BinaryPrimitives.ReadUInt64LittleEndian(captured);
                return string.Create(CultureInfo.InvariantCulture, $"QWORD (0x{value >> 32:x8}-0x{(uint)value:x8})");
            case Text or Expandable or Link:
                var text = MemoryMarshal.Cast<byte, char>(captured);
                int end = text.IndexOf('\0');
                return NotEmpty(Valid(end < 0 ? text : text[..end]));
            case Texts:
                return NotEmpty(Valid(MemoryMarshal.Cast<byte, char>(captured).TrimEnd('\0')).Replace("\0", ", ", StringComparison.Ordinal));
            default:
                return "Binary Data";
        }
    }

    private static string NotEmpty(string text) => text.Length == 0 ? "(Empty)" : text;

    private static string Valid(ReadOnlySpan<char> text)
    {
        bool lossy = false;
        return EtwText.Of(text, ref lossy);
    }
}
