using System.Text.RegularExpressions;

namespace Canary.Rules;

/// <summary>Accepts the regular expressions that a linear-time engine can run, and compiles them.</summary>
internal static class RegexSyntax
{
    private const int MostCharacters = 4096;
    // The linear engine takes no more than 10,000 states, and its time is states × characters.
    private const int MostSize = 2_000;

    /// <summary>The expression, or null with the reason in words.</summary>
    public static Regex? Compile(string pattern, RegexOptions flags, out string? fault)
    {
        fault = pattern.Length > MostCharacters ? $"a regular expression may have {MostCharacters} characters" : Unsupported(pattern);
        if (fault is not null)
            return null;
        try
        {
            return new Regex(pattern, flags | RegexOptions.CultureInvariant, RegexTest.Limit);
        }
        catch (ArgumentException e)
        {
            // RegexParseException repeats the pattern in front: "Invalid pattern 'x' at offset 3. Reason."
            string message = e is RegexParseException parse ? $"{parse.Error} at character {parse.Offset}" : e.Message;
            fault = "not a valid regular expression: " + message;
            return null;
        }
    }

    /// <summary>What needs backtracking, what .NET reads otherwise than PCRE, and what repeats itself into gigabytes.</summary>
    private static string? Unsupported(string pattern)
    {
        const string Linear = "; only what a linear-time engine can run is allowed";
        long size = 0;
        var groups = new Stack<long>();
        long last = 0;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            var rest = pattern.AsSpan(i);
            if (c == '\\')
            {
                char next = i + 1 < pattern.Length ? pattern[i + 1] : '\0';
                if (next is (>= '1' and <= '9') or 'k' or 'g')
                    return "back-references are not supported" + Linear;
                if (next is 'G' or 'K' or 'Q' or 'h' or 'R' or 'X' or 'N')
                    return $"'\\{next}' is not supported";
                i++;
                (size, last) = (size + 1, 1);
            }
            else if (c == '[')
            {
                if (rest.StartsWith("[[:"))
                    return "POSIX classes such as [[:alpha:]] are not supported; write [a-zA-Z]";
                i = ClassEnd(pattern, i);
                (size, last) = (size + 1, 1);
            }
            else if (c == '(')
            {
                if (rest.StartsWith("(?=") || rest.StartsWith("(?!") || rest.StartsWith("(?<=") || rest.StartsWith("(?<!"))
                    return "lookaround is not supported" + Linear;
                if (rest.StartsWith("(?>") || rest.StartsWith("(?(") || rest.StartsWith("(?|") || rest.StartsWith("(?R"))
                    return "atomic, conditional and recursive groups are not supported" + Linear;
                if (rest.StartsWith("(?<") && rest.IndexOf('>') is > 0 and int close && rest[..close].Contains('-'))
                    return "balancing groups are not supported" + Linear;
                if (rest.StartsWith("(?'"))
                    return "write (?<name>…) for a named group";
                if (groups.Count > 100)
                    return "nested deeper than 100 groups";
                groups.Push(size);
                size = 0;
            }
            else if (c == ')' && groups.Count > 0)
            {
                last = size;
                size += groups.Pop();
            }
            else if (c is '*' or '+' && i + 1 < pattern.Length && pattern[i + 1] == '+')
            {
                return "possessive quantifiers are not supported" + Linear;
            }
            else if (c == '{' && Repeats(rest) is { } most)
            {
                size += last * Math.Max(0, most - 1);
                last *= Math.Max(1, most);
            }
            else if (c is not ('*' or '+' or '?'))
            {
                (size, last) = (size + 1, 1);
            }

            if (size > MostSize || last > MostSize)
                return "the repetitions multiply to too large an expression";
        }

        return null;
    }

    /// <summary>The place of the bracket that closes the class which opens at <paramref name="start"/>.</summary>
    public static int ClassEnd(string pattern, int start)
    {
        int i = start + 1;
        if (i < pattern.Length && pattern[i] == '^')
            i++;
        if (i < pattern.Length && pattern[i] == ']')
            i++;
        for (; i < pattern.Length && pattern[i] != ']'; i++)
        {
            if (pattern[i] == '\\')
                i++;
        }

        return i;
    }

    private static long? Repeats(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf('}');
        if (end < 2)
            return null;
        var inner = text[1..end];
        int comma = inner.IndexOf(',');
        var most = comma < 0 ? inner : comma == inner.Length - 1 ? inner[..comma] : inner[(comma + 1)..];
        foreach (char c in inner)
        {
            if (!char.IsAsciiDigit(c) && c != ',')
                return null;
        }

        return long.TryParse(most, out long value) ? Math.Min(value, int.MaxValue) : int.MaxValue;
    }
}
