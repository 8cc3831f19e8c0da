using System.Globalization;
using System.Text;

namespace Canary.Packages.Json;

/// <summary>What stands between YAML's quotes.</summary>
internal static class PlainYamlText
{
    /// <summary>Whether a line, from its first character on, is a name with a colon behind it.</summary>
    public static bool BeginsWithName(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] is (byte)'{' or (byte)'[')
            return false;
        if (line[0] == '?' && IsGap(line, 1))
            return true;
        int at = 0;
        if (line[0] is (byte)'"' or (byte)'\'')
        {
            for (at = 1; at < line.Length && line[at] != line[0]; at++)
            {
                if (line[at] == '\\' && line[0] == '"')
                    at++;
            }

            at++;
        }

        for (; at < line.Length && line[at..].IndexOfAny((byte)':', (byte)'#') is >= 0 and int next; at++)
        {
            at += next;
            if (line[at] == ':' && IsGap(line, at + 1))
                return true;
            if (line[at] == '#' && at > 0 && line[at - 1] == ' ')
                return false;
        }

        return false;
    }

    private static bool IsGap(ReadOnlySpan<byte> line, int at) => at >= line.Length || line[at] is (byte)' ' or (byte)'\t' or (byte)'\r';

    /// <summary>Undoes escapes, and folds lines into one.</summary>
    public static string Unquoted(string text, byte quote)
    {
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '\n' or '\r')
            {
                while (i + 1 < text.Length && text[i + 1] is ' ' or '\t' or '\n' or '\r')
                    i++;
                plain.Append(' ');
            }
            else if (c == '\'' && quote == '\'')
            {
                plain.Append(c);
                i++;
            }
            else if (c == '\\' && quote == '"' && i + 1 < text.Length)
            {
                i = Escape(text, i + 1, plain);
            }
            else
            {
                plain.Append(c);
            }
        }

        return plain.ToString();
    }

    /// <summary>Returns the last character of the escape.</summary>
    private static int Escape(string text, int at, StringBuilder into)
    {
        int digits = text[at] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (at + digits < text.Length && uint.TryParse(text.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code))
            {
                if (code <= char.MaxValue)
                    into.Append((char)code);
                else
                    into.Append(Rune.IsValid(code) ? new Rune(code) : Rune.ReplacementChar);
                return at + digits;
            }

            into.Append('\\').Append(text[at]);
            return at;
        }

        into.Append(text[at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', '0' => '\0', 'a' => '\a', 'b' => '\b', 'v' => '\v', 'f' => '\f', 'e' => '\e', '_' => '\u00A0', var c => c });
        return at;
    }
}
