using System.Globalization;
using System.Text;

namespace Canary.Models.Templates;

/// <summary>A string of the language, read with Python's escapes.</summary>
internal static class JinjaText
{
    private const string Plain = "abfnrtv", Meant = "\a\b\f\n\r\t\v";

    /// <param name="at">On the opening quote; left behind the closing one.</param>
    /// <param name="obscured">Whether a letter, a digit or an underscore is written by its number: nobody does who has nothing to hide.</param>
    public static string Read(string source, ref int at, out bool obscured)
    {
        obscured = false;
        int start = at;
        char quote = source[at++];
        int end = source.AsSpan(at).IndexOfAny(quote, '\\');
        if (end >= 0 && source[at + end] == quote)
        {
            string plain = source.Substring(at, end);
            at += end + 1;
            return plain;
        }

        var text = new StringBuilder();
        while (at < source.Length)
        {
            char c = source[at++];
            if (c == quote)
                return text.ToString();
            if (c == '\\' && at < source.Length)
                Escape(source, ref at, text, ref obscured);
            else
                text.Append(c);
        }

        throw new JinjaFault(start, "a text has no end");
    }

    private static void Escape(string source, ref int at, StringBuilder text, ref bool obscured)
    {
        char c = source[at++];
        int plain = Plain.IndexOf(c, StringComparison.Ordinal);
        if (plain >= 0)
        {
            text.Append(Meant[plain]);
            return;
        }

        int digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            bool whole = at + digits <= source.Length;
            if (!whole || !uint.TryParse(source.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
                throw new JinjaFault(at, "an escape of a text is not one");
            at += digits;
            Append((int)Math.Min(value, 0x110000), text, ref obscured);
        }
        else if (c is >= '0' and <= '7')
        {
            int value = c - '0';
            for (int i = 0; i < 2 && at < source.Length && source[at] is >= '0' and <= '7'; i++)
                value = value * 8 + source[at++] - '0';
            Append(value, text, ref obscured);
        }
        else if (c == 'N' && at < source.Length && source[at] == '{')
        {
            int close = source.IndexOf('}', at);
            if (close < 0)
                throw new JinjaFault(at, "an escape of a text is not one");
            // Of all names only this one is worth knowing; none has been seen in an honest template.
            Append(source.AsSpan(at + 1, close - at - 1).Equals("LOW LINE", StringComparison.OrdinalIgnoreCase) ? '_' : '?', text, ref obscured);
            obscured = true;
            at = close + 1;
        }
        else if (c is '\\' or '\'' or '"')
        {
            text.Append(c);
        }
        else if (c != '\n')
        {
            text.Append('\\').Append(c);
        }
    }

    private static void Append(int value, StringBuilder text, ref bool obscured)
    {
        obscured |= value < 0x80 && (char.IsAsciiLetterOrDigit((char)value) || value == '_');
        text.Append(Rune.TryCreate(value, out var rune) ? rune.ToString() : value <= char.MaxValue ? ((char)value).ToString() : "\ufffd");
    }
}
