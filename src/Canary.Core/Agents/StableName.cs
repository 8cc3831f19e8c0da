using System.Text;

namespace Canary.Agents;

/// <summary>Text without what changes from run to run, so that the same act has the same identity tomorrow.</summary>
internal static class StableName
{
    private const int Most = 512;

    /// <summary>Runs of digits become <c>#</c>, and words that look random (six characters or more, letters among digits) <c>*</c>.</summary>
    public static string Of(string text)
    {
        if (text.Length > Most)
            text = text[..Most];
        var stable = new StringBuilder(text.Length);
        int at = 0;
        while (at < text.Length)
        {
            int end = at;
            bool letters = false;
            int turns = 0;
            for (; end < text.Length && char.IsAsciiLetterOrDigit(text[end]); end++)
            {
                letters |= char.IsAsciiLetter(text[end]);
                if (end > at && char.IsAsciiDigit(text[end]) != char.IsAsciiDigit(text[end - 1]))
                    turns++;
            }

            if (end == at)
            {
                stable.Append(text[at++]);
                continue;
            }

            _ = !letters && end - at > 1 ? stable.Append('#')
                : turns > 1 && end - at >= 6 ? stable.Append('*')
                : stable.Append(text, at, end - at);
            at = end;
        }

        return stable.ToString();
    }
}
