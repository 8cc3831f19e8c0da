using System.Text;

namespace Canary.Packages;

/// <summary>The text of a source file, by the mark at its head or as UTF-8, line by line; lines end as C# ends them.</summary>
internal static class SourceText
{
    public static string Of(SourceFile file)
    {
        var bytes = file.Bytes.Span;
        return bytes switch
        {
            [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(bytes[2..]),
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(bytes[2..]),
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(bytes[3..]),
            _ => Encoding.UTF8.GetString(bytes),
        };
    }

    /// <summary>Each line with its number as editors count them, from 1.</summary>
    public static IEnumerable<(int Number, string Line)> Lines(string text)
    {
        int number = 1;
        for (int at = 0; at < text.Length;)
        {
            int end = text.AsSpan(at).IndexOfAny("\r\n\u0085\u2028\u2029");
            end = end < 0 ? text.Length : at + end;
            yield return (number, text[at..end]);
            if (end < text.Length && text[end] == '\n')
                number++;
            at = end + 1;
        }
    }
}
