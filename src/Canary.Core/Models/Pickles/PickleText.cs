using System.Globalization;
using System.Text;

namespace Canary.Models.Pickles;

/// <summary>Reads the texts that are names.</summary>
internal static class PickleText
{
    /// <summary>In bytes. Python has no limit, but no module has a longer name; what is longer is not resolved.</summary>
    public const int MostBytes = 1024;

    /// <summary>Null where it is too long, or not what it should be.</summary>
    public static string? Read(PickleReader reader, TextValue text)
    {
        if (text.Length > MostBytes)
            return null;
        byte[] bytes = reader.Read(text.Start, (int)text.Length);
        return text.Form switch
        {
            TextForm.Escaped => Unescaped(bytes),
            TextForm.RawUnicode => RawUnescaped(bytes),
            _ => Encoding.UTF8.GetString(bytes),
        };
    }

    /// <summary>Of the lines of GLOBAL and INST.</summary>
    public static string? Line(PickleReader reader, long start, long length) =>
        length > MostBytes ? null : Encoding.UTF8.GetString(reader.Read(start, (int)length));

    private static string? Unescaped(byte[] bytes)
    {
        var text = new StringBuilder(bytes.Length);
        for (int i = 0; i < bytes.Length; i++)
        {
            char c = (char)bytes[i];
            if (c != '\\')
            {
                text.Append(c);
                continue;
            }

            if (++i == bytes.Length)
                return null;
            switch ((char)bytes[i])
            {
                case '\n':
                    break;
                case 'x':
                    if (Hexadecimal(bytes, i + 1, 2) is not { } value)
                        return null;
                    text.Append((char)value);
                    i += 2;
                    break;
                case >= '0' and <= '7':
                    int octal = 0, digits = 0;
                    for (; digits < 3 && i + digits < bytes.Length && bytes[i + digits] is >= (byte)'0' and <= (byte)'7'; digits++)
                        octal = (octal * 8) + bytes[i + digits] - '0';
                    text.Append((char)(octal & 0xff));
                    i += digits - 1;
                    break;
                case var plain:
                    int known = "abfnrtv".IndexOf(plain, StringComparison.Ordinal);
                    text.Append(known >= 0 ? "\a\b\f\n\r\t\v"[known] : plain);
                    break;
            }
        }

        return text.ToString();
    }

    private static string? RawUnescaped(byte[] bytes)
    {
        var text = new StringBuilder(bytes.Length);
        for (int i = 0; i < bytes.Length; i++)
        {
            int digits = bytes[i] == '\\' && i + 1 < bytes.Length ? bytes[i + 1] switch { (byte)'u' => 4, (byte)'U' => 8, _ => 0 } : 0;
            if (digits == 0)
            {
                text.Append((char)bytes[i]);
                // A backslash takes the character after it along, so that two of them begin no escape.
                if (bytes[i] == '\\' && i + 1 < bytes.Length)
                    text.Append((char)bytes[++i]);
                continue;
            }

            if (Hexadecimal(bytes, i + 2, digits) is not { } value || value > 0x10ffff)
                return null;
            text.Append(value is < 0xd800 or > 0xffff ? char.ConvertFromUtf32((int)value) : ((char)value).ToString());
            i += digits + 1;
        }

        return text.ToString();
    }

    private static uint? Hexadecimal(byte[] bytes, int at, int digits) => at + digits <= bytes.Length
        && uint.TryParse(bytes.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value) ? value : null;
}
