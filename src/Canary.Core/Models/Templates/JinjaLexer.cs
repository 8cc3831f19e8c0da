namespace Canary.Models.Templates;

/// <summary>Cuts a template into tokens as Jinja 3 does with its default delimiters. Comments are left out.</summary>
internal sealed class JinjaLexer(string source)
{
    // Longest first.
    private static readonly string[] Operators =
        ["**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "=", "<", ">", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|", ";"];

    private readonly List<JinjaToken> _tokens = [];
    private int _at;

    public static List<JinjaToken> Read(string source) => new JinjaLexer(source).Read();

    private List<JinjaToken> Read()
    {
        while (_at < source.Length)
        {
            int open = Open(_at);
            if (open > _at)
                _tokens.Add(new JinjaToken(JinjaKind.Text, source[_at..open], _at));
            _at = open;
            if (_at >= source.Length)
                break;
            switch (source[_at + 1])
            {
                case '#':
                    int close = source.IndexOf("#}", _at + 2, StringComparison.Ordinal);
                    _at = close < 0 ? throw new JinjaFault(_at, "a comment has no end") : close + 2;
                    break;
                case '%':
                    Inside(JinjaKind.TagBegin, JinjaKind.TagEnd, "%}");
                    Raw();
                    break;
                default:
                    Inside(JinjaKind.OutputBegin, JinjaKind.OutputEnd, "}}");
                    break;
            }
        }

        _tokens.Add(new JinjaToken(JinjaKind.End, "", source.Length));
        return _tokens;
    }

    private int Open(int from)
    {
        for (int at = from; (at = source.IndexOf('{', at)) >= 0 && at + 1 < source.Length; at++)
        {
            if (source[at + 1] is '{' or '%' or '#')
                return at;
        }

        return source.Length;
    }

    private void Inside(JinjaKind begin, JinjaKind end, string close)
    {
        int start = _at;
        _tokens.Add(new JinjaToken(begin, "", _at));
        _at += 2;
        if (_at < source.Length && source[_at] is '-' or '+')
            _at++;
        int nested = 0;
        while (true)
        {
            while (_at < source.Length && char.IsWhiteSpace(source[_at]))
                _at++;
            if (_at >= source.Length)
                throw new JinjaFault(start, "a tag has no end");
            // Within brackets two closing braces end two dictionaries.
            int sign = nested == 0 && source[_at] is '-' or '+' ? 1 : 0;
            if (nested == 0 && string.CompareOrdinal(source, _at + sign, close, 0, 2) == 0)
            {
                _tokens.Add(new JinjaToken(end, "", _at));
                _at += sign + 2;
                return;
            }

            var token = Token();
            nested += token.Kind != JinjaKind.Operator ? 0 : token.Text is "(" or "[" or "{" ? 1 : token.Text is ")" or "]" or "}" ? -1 : 0;
            if (nested < 0)
                throw new JinjaFault(_at, "a bracket closes that was not open");
            _tokens.Add(token);
        }
    }

    private JinjaToken Token()
    {
        int start = _at;
        char c = source[_at];
        if (c is '\'' or '"')
        {
            string text = JinjaText.Read(source, ref _at, out bool obscured);
            return new JinjaToken(JinjaKind.String, text, start, obscured);
        }

        if (char.IsLetter(c) || c == '_')
        {
            while (_at < source.Length && (char.IsLetterOrDigit(source[_at]) || source[_at] == '_'))
                _at++;
            return new JinjaToken(JinjaKind.Name, source[start.._at], start);
        }

        if (char.IsAsciiDigit(c))
            return Number();
        foreach (string op in Operators)
        {
            if (string.CompareOrdinal(source, _at, op, 0, op.Length) == 0)
            {
                _at += op.Length;
                return new JinjaToken(JinjaKind.Operator, op, start);
            }
        }

        throw new JinjaFault(_at, "a character stands where none may");
    }

    private JinjaToken Number()
    {
        int start = _at;
        var kind = JinjaKind.Integer;
        while (_at < source.Length && (char.IsAsciiLetterOrDigit(source[_at]) || source[_at] == '_'
            || (source[_at] == '.' && _at + 1 < source.Length && char.IsAsciiDigit(source[_at + 1]))
            || (source[_at] is '+' or '-' && source[_at - 1] is 'e' or 'E' && !source.AsSpan(start).StartsWith("0x", StringComparison.OrdinalIgnoreCase))))
        {
            if (source[_at] is '.')
                kind = JinjaKind.Float;
            _at++;
        }

        return new JinjaToken(kind, source[start.._at].Replace("_", "", StringComparison.Ordinal), start);
    }

    // {% raw %}: all is text up to {% endraw %}.
    private void Raw()
    {
        if (_tokens is not [.., { Kind: JinjaKind.TagBegin }, { Kind: JinjaKind.Name, Text: "raw" }, { Kind: JinjaKind.TagEnd }])
            return;
        _tokens.RemoveRange(_tokens.Count - 3, 3);
        for (int open = _at; (open = source.IndexOf("{%", open, StringComparison.Ordinal)) >= 0; open += 2)
        {
            int word = open + 2;
            if (word < source.Length && source[word] is '-' or '+')
                word++;
            while (word < source.Length && char.IsWhiteSpace(source[word]))
                word++;
            int close = string.CompareOrdinal(source, word, "endraw", 0, 6) == 0 ? source.IndexOf("%}", word, StringComparison.Ordinal) : -1;
            if (close < 0)
                continue;
            _tokens.Add(new JinjaToken(JinjaKind.Text, source[_at..open], _at));
            _at = close + 2;
            return;
        }

        throw new JinjaFault(_at, "raw text has no end");
    }
}
