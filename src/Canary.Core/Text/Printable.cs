using System.Globalization;
using System.Text;

namespace Canary.Text;

/// <summary>
/// Makes text of unknown origin safe to show. A path, a package name or a command line is hostile: escape sequences drive
/// terminals, line ends forge log lines and CI workflow commands, bidirectional controls hide what is there.
/// </summary>
public static class Printable
{
    /// <summary>One line: controls, line ends, invisible and direction-changing characters and lone surrogates stand as <c>\xNN</c> or <c>\u{N}</c>; cut to <paramref name="most"/> characters with an ellipsis.</summary>
    public static string Line(string text, int most = int.MaxValue)
    {
        StringBuilder? safe = null;
        int i = 0;
        for (; i < text.Length && (safe?.Length ?? i) < most; i++)
        {
            char c = text[i];
            if (c is >= ' ' and < '\x7f')
            {
                if (c is '#' or ':' && IsWorkflowCommand(text, i))
                    (safe ??= new StringBuilder(text.Length + 16).Append(text, 0, i)).Append(c == '#' ? "\\x23" : "\\x3a");
                else
                    safe?.Append(c);
                continue;
            }

            Rune rune;
            bool valid = Rune.TryGetRuneAt(text, i, out rune);
            if (valid && !IsHidden(rune))
            {
                safe?.Append(text, i, rune.Utf16SequenceLength);
            }
            else
            {
                safe ??= new StringBuilder(text.Length + 16).Append(text, 0, i);
                int value = valid ? rune.Value : c;
                _ = value < 0x80 ? safe.Append("\\x").Append(value.ToString("x2", CultureInfo.InvariantCulture))
                    : safe.Append("\\u{").Append(value.ToString("x", CultureInfo.InvariantCulture)).Append('}');
            }

            if (valid)
                i += rune.Utf16SequenceLength - 1;
        }

        bool cut = i < text.Length;
        return safe is null && !cut ? text : (safe?.ToString() ?? text[..i]) + (cut ? "…" : "");
    }

    /// <summary>What the log readers of CI systems obey: <c>::name::</c> at the head of a line, and <c>##[name]</c>, <c>##vso[name]</c> and <c>##teamcity[name]</c> anywhere in it.</summary>
    private static bool IsWorkflowCommand(string text, int at)
    {
        if (at + 1 >= text.Length || text[at + 1] != text[at])
            return false;
        // One pair of colons is an IPv6 address.
        if (text[at] == ':')
            return text.AsSpan(0, at).IsWhiteSpace() && text.IndexOf("::", at + 2, StringComparison.Ordinal) >= 0;
        int after = at + 2, last = Math.Min(text.Length, after + 32);
        while (after < last && (char.IsAsciiLetter(text[after]) || text[after] == '#'))
            after++;
        return after < last && text[after] == '[';
    }

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned
        || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or 0x115F or 0x1160 or 0x3164;
}
