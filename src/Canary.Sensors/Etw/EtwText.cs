using System.Globalization;
using System.Text;

namespace Canary.Sensors.Etw;

/// <summary>Text of a payload as strings that are valid: a half of a surrogate pair stands as <c>\u{N}</c>, a byte that is no ASCII as <c>\xNN</c>.</summary>
internal static class EtwText
{
    public static string Of(ReadOnlySpan<char> text, ref bool lossy)
    {
        if (text.IndexOfAnyInRange('\ud800', '\udfff') < 0)
            return text.ToString();
        var valid = new StringBuilder(text.Length + 16);
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                valid.Append(text[i]);
            }
            else if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                valid.Append(text[i]).Append(text[++i]);
            }
            else
            {
                lossy = true;
                valid.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)text[i]:x}}}");
            }
        }

        return valid.ToString();
    }

    public static string OfAnsi(ReadOnlySpan<byte> bytes, ref bool lossy)
    {
        if (Ascii.IsValid(bytes))
            return Encoding.ASCII.GetString(bytes);
        lossy = true;
        var valid = new StringBuilder(bytes.Length + 16);
        foreach (byte b in bytes)
            _ = b < 0x80 ? valid.Append((char)b) : valid.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        return valid.ToString();
    }
}
