using System.Globalization;
using System.Text.RegularExpressions;

namespace Canary.Rules.Indexing;

/// <summary>
/// A run of one class of characters that a regular expression cannot match without, as the <c>[0-9a-f]{64}</c> of a hash. A text is
/// looked at only at every 64th character, one of which lies in any such run, and around those that belong to the class.
/// </summary>
internal sealed class RegexRun
{
    private const int Least = 12;

    private readonly bool[] _members;
    private readonly int _length;

    private RegexRun(bool[] members, int length)
    {
        _members = members;
        _length = length;
    }

    /// <summary>The longest of the expression's required runs; null where it has none worth while.</summary>
    public static RegexRun? Of(Regex regex)
    {
        string pattern = regex.ToString();
        // Alternatives make none of their parts required, and an inline flag may change what a class means.
        if (pattern.Contains('|') || pattern.Contains("(?", StringComparison.Ordinal))
            return null;
        (int Start, int End, int Count) best = default;
        for (int i = 0, depth = 0; i < pattern.Length; i++)
        {
            int start = i;
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    i = RegexSyntax.ClassEnd(pattern, i);
                    break;
                case '(':
                    depth++;
                    continue;
                case ')':
                    depth--;
                    continue;
                default:
                    continue;
            }

            // Inside a group it might be optional.
            if (depth == 0 && Repetitions(pattern, i + 1) is { } count && count > best.Count)
                best = (start, i + 1, count);
        }

        if (best.Count < Least)
            return null;
        // One class has nothing to go back to, and a limit would make the answer depend on how busy the machine is.
        var one = new Regex("^(?:" + pattern[best.Start..best.End] + ")$", regex.Options, Regex.InfiniteMatchTimeout);
        return new RegexRun([.. Enumerable.Range(0, 128).Select(c => one.IsMatch(((char)c).ToString()))], best.Count);
    }

    /// <summary>False only when the text surely has no such run. What is beyond ASCII is taken for a member.</summary>
    public bool MayStandIn(ReadOnlySpan<char> text)
    {
        for (int i = _length - 1; i < text.Length; i += _length)
        {
            int begin = i, end = i;
            while (begin >= 0 && IsMember(text[begin]))
                begin--;
            while (end < text.Length && IsMember(text[end]))
                end++;
            if (end - begin > _length)
                return true;
            // No run begins before what ends this one.
            i = end;
        }

        return false;
    }

    private bool IsMember(char c) => c >= 128 || _members[c];

    /// <summary>How often at least what precedes must stand: of <c>{64}</c>, <c>{64,}</c> or <c>{64,80}</c> 64.</summary>
    private static int? Repetitions(string pattern, int at)
    {
        if (at >= pattern.Length || pattern[at] != '{')
            return null;
        int end = pattern.AsSpan(at).IndexOfAny(',', '}');
        return end > 1 && int.TryParse(pattern.AsSpan(at + 1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : null;
    }
}
