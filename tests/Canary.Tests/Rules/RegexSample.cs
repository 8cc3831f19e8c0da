using System.Text;

namespace Canary.Tests.Rules;

/// <summary>A short text that an expression of SigmaHQ's kind matches: first alternatives, fewest repetitions. Knows no anchors but skips them.</summary>
internal sealed class RegexSample
{
    private readonly string _pattern;
    private int _at;

    private RegexSample(string pattern) => _pattern = pattern;

    public static string Of(string pattern) => new RegexSample(pattern).Alternatives();

    private string Alternatives()
    {
        string first = Sequence();
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            Sequence();
        }

        return first;
    }

    private string Sequence()
    {
        var text = new StringBuilder();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            string piece = Piece();
            for (int i = Least(); i > 0; i--)
                text.Append(piece);
        }

        return text.ToString();
    }

    private string Piece()
    {
        char c = _pattern[_at++];
        switch (c)
        {
            case '^' or '$':
                return "";
            case '.':
                return "x";
            case '\\':
                return Escaped(_pattern[_at++]);
            case '[':
                return Class();
            case '(':
                if (_at < _pattern.Length && _pattern[_at] == '?')
                {
                    while (_pattern[_at] is not (':' or ')' or '>'))
                        _at++;
                    if (_pattern[_at++] == ')')
                        return "";
                }

                string inner = Alternatives();
                _at++;
                return inner;
            default:
                return c.ToString();
        }
    }

    private static string Escaped(char c) => c switch
    {
        'd' => "7",
        'w' => "w",
        's' => " ",
        'S' or 'W' or 'D' => "-",
        'b' or 'B' or 'A' or 'Z' => "",
        't' => "\t",
        'n' => "\n",
        'r' => "\r",
        _ => c.ToString(),
    };

    private string Class()
    {
        bool not = _pattern[_at] == '^';
        int start = _at += not ? 1 : 0;
        if (_pattern[_at] == ']')
            _at++;
        for (; _pattern[_at] != ']'; _at++)
        {
            if (_pattern[_at] == '\\')
                _at++;
        }

        string inner = _pattern[start.._at++];
        if (not)
            return "zZ9 _~".First(c => !inner.Contains(c) && (c != ' ' || !inner.Contains("\\s", StringComparison.Ordinal))).ToString();
        return inner[0] == '\\' ? Escaped(inner[1]) : inner[0].ToString();
    }

    /// <summary>How often what went before must stand.</summary>
    private int Least()
    {
        int least = 1;
        while (_at < _pattern.Length && _pattern[_at] is '*' or '+' or '?' or '{')
        {
            char c = _pattern[_at++];
            if (c == '{')
            {
                int end = _pattern.IndexOf('}', _at);
                string[] range = _pattern[_at..end].Split(',');
                least = range[0].Length == 0 ? 0 : int.Parse(range[0], System.Globalization.CultureInfo.InvariantCulture);
                _at = end + 1;
            }
            else if (c != '+' && !(c == '?' && _pattern[_at - 2] is '*' or '+' or '?' or '}'))
            {
                least = 0;
            }
        }

        return least;
    }
}
