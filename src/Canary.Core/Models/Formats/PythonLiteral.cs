using System.Globalization;
using System.Text;

namespace Canary.Models.Formats;

/// <summary>
/// The literals of Python that headers are written in: dictionaries with texts for keys, tuples and lists (both as arrays), texts, integers,
/// True, False and None. Nothing is evaluated.
/// </summary>
internal sealed class PythonLiteral
{
    private const int MostDepth = 32;
    private const int MostValues = 10_000;

    private readonly string _text;
    private int _at;
    private int _values;
    private bool _failed;

    private PythonLiteral(string text) => _text = text;

    /// <summary>Null for None and for what is no such literal; the callers take neither.</summary>
    public static object? Read(string text)
    {
        var reader = new PythonLiteral(text);
        object? value = reader.Value(0);
        reader.Blank();
        return reader._failed || reader._at < text.Length ? null : value;
    }

    private object? Value(int depth)
    {
        Blank();
        if (depth > MostDepth || ++_values > MostValues || _at >= _text.Length)
            return Fail();
        char c = _text[_at];
        return c switch
        {
            '{' => Dictionary(depth),
            '(' => List(depth, ')'),
            '[' => List(depth, ']'),
            '\'' or '"' => Text(),
            '-' or (>= '0' and <= '9') => Number(),
            _ => Word(),
        };
    }

    private object? Dictionary(int depth)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        _at++;
        while (!_failed)
        {
            if (Takes('}'))
                return map;
            if (Value(depth + 1) is not string key || !Takes(':'))
                return Fail();
            map[key] = Value(depth + 1);
            if (!Takes(',') && !Next('}'))
                return Fail();
        }

        return null;
    }

    private object? List(int depth, char end)
    {
        var list = new List<object?>();
        _at++;
        bool comma = true;
        while (!_failed)
        {
            if (Takes(end))
                // Parentheses around one value without a comma are no tuple.
                return end == ')' && list.Count == 1 && !comma ? list[0] : list.ToArray();
            list.Add(Value(depth + 1));
            comma = Takes(',');
            if (!comma && !Next(end))
                return Fail();
        }

        return null;
    }

    private object? Text()
    {
        char quote = _text[_at++];
        var text = new StringBuilder();
        while (_at < _text.Length && _text[_at] != quote)
        {
            char c = _text[_at++];
            if (c == '\\')
            {
                if (_at >= _text.Length || _text[_at] is not ('\\' or '\'' or '"'))
                    return Fail();
                c = _text[_at++];
            }

            text.Append(c);
        }

        return Takes(quote) ? text.ToString() : Fail();
    }

    private object? Number()
    {
        int start = _at++;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            _at++;
        // Python 2 wrote long ones with an L.
        var digits = _text.AsSpan(start, _at - start);
        if (_at < _text.Length && _text[_at] == 'L')
            _at++;
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : Fail();
    }

    private object? Word()
    {
        foreach (var (word, value) in new (string, object?)[] { ("True", true), ("False", false), ("None", null) })
        {
            if (_text.AsSpan(_at).StartsWith(word))
            {
                _at += word.Length;
                return value;
            }
        }

        return Fail();
    }

    private void Blank()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\n' or '\r')
            _at++;
    }

    private bool Next(char c)
    {
        Blank();
        return _at < _text.Length && _text[_at] == c;
    }

    private bool Takes(char c)
    {
        if (!Next(c))
            return false;
        _at++;
        return true;
    }

    private object? Fail()
    {
        _failed = true;
        return null;
    }
}
