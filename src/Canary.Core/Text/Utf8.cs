using System.Buffers;
using System.Text;

namespace Canary.Text;

/// <summary>Bytes from the kernel as a string: UTF-8 where it is, <c>\xNN</c> for each byte that is not.</summary>
public static class Utf8
{
    public static string Decode(ReadOnlySpan<byte> bytes, ref bool lossy)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
            return Encoding.UTF8.GetString(bytes);
        lossy = true;
        var text = new StringBuilder(bytes.Length + 16);
        Span<char> pair = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out int taken) == OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
            }
            else
            {
                foreach (byte b in bytes[..taken])
                    text.Append("\\x").Append(b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
            }

            bytes = bytes[taken..];
        }

        return text.ToString();
    }
}
