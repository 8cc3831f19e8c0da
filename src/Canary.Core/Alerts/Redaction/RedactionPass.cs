using System.Buffers;
using System.Text;

namespace Canary.Alerts.Redaction;

/// <summary>One text on its way through the redactor.</summary>
internal sealed class RedactionPass(string text, KnownTokens known)
{
    private const string KeyBegin = "-----BEGIN ";
    private const int MostUncut = 300;
    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\r\n\"'(`|;&");
    private StringBuilder? _safe;
    private int _copied;
    private int _at;
    private ShellCommand? _command;

    public string Run()
    {
        while (_at < text.Length)
        {
            if (!Step(text[_at]))
                _at++;
        }

        return _safe is null ? text : _safe.Append(text, _copied, text.Length - _copied).ToString();
    }

    /// <summary>True when something was cut out or passed over, and <see cref="_at"/> stands behind it.</summary>
    private bool Step(char c)
    {
        bool wordStart = IsWordStart();
        if (c == '-' && PrivateKey())
            return true;
        if (wordStart && Word())
            return true;
        if (IsTokenStart() && known.Match(text, _at, out int end, out int keep, out string kind))
            return Cut(_at, end, keep, kind);
        return c switch
        {
            ':' when At("://") => Credentials(),
            ':' or '=' => Assignment(),
            '|' or ';' or '&' or '\n' => EndOfCommand(),
            _ => false,
        };
    }

    private bool PrivateKey()
    {
        if (!At(KeyBegin))
            return false;
        int head = text.IndexOf("PRIVATE KEY", _at, Math.Min(60, text.Length - _at), StringComparison.Ordinal);
        if (head < 0)
            return false;
        int begin = Math.Min(text.Length, head + "PRIVATE KEY-----".Length);
        int end = text.IndexOf("-----END ", begin, StringComparison.Ordinal);
        return Cut(begin, end < 0 ? text.Length : end, 0, "private-key");
    }

    /// <summary><c>scheme://user:password@host</c>.</summary>
    private bool Credentials()
    {
        int start = _at + 3, colon = -1, at = -1;
        for (int i = start; i < text.Length && text[i] is not ('/' or '?' or '#' or '"' or '\'' or '`' or '<' or '>') && !char.IsWhiteSpace(text[i]); i++)
        {
            if (text[i] == ':' && colon < 0)
                colon = i;
            else if (text[i] == '@')
                at = i;
        }

        _at = start;
        return at < 0 || (colon < at && colon > 0 && Cut(colon + 1, at, 0, "url-password")) || (colon < 0 && at - start >= 20 && Cut(start, at, 4, "url-password")) || true;
    }

    /// <summary><c>name=value</c>, <c>name: value</c>, <c>"name":"value"</c>, with a name that says that the value is secret.</summary>
    private bool Assignment()
    {
        var name = NameBefore(out char before, out bool quoted);
        if (name.IsEmpty || SecretNames.KindOf(name) is not { } kind)
            return false;
        int value = _at + 1;
        bool spaced = _at > 0 && text[_at - 1] == ' ';
        while (value < text.Length && text[value] == ' ' && value - _at <= 4)
            (value, spaced) = (value + 1, true);
        if (value >= text.Length || text[value] is '=' or '~' or '>')
            return false;

        // `grep "password:" src` has no value, and sed's `s/token=/x/` none either.
        if ((!quoted && before is '"' or '\'' && text[value] == before) || (before == '/' && text[value] == '/'))
            return false;
        if (kind == SecretNames.Header)
            return Header(value, before);
        if (SecretNames.IsCookie(name))
            return Cookie(value, before);
        int open = value;
        char quote = QuoteAt(ref value);
        bool own = quote != '\0';
        if (!own)
            (quote, value) = (before is '"' or '\'' or '`' && !quoted ? before : '\0', open);
        // Only what is cut out is walked over once for all; what may be left must be short, or the time is no longer linear.
        int end = ValueEnd(value, quote, before, kind == SecretNames.Key ? MostUncut : int.MaxValue);
        bool loose = !own && (spaced || (text[_at] == ':' && name is not "pass"));
        return SecretValues.IsWorthCutting(text.AsSpan(value, end - value), kind, loose, name) && Cut(value, end, -1, kind);
    }

    /// <summary><c>Authorization: Bearer TOKEN</c>: the scheme stays.</summary>
    private bool Header(int value, char before)
    {
        _ = QuoteAt(ref value);
        int end = WordEnd(value, before);
        int next = end;
        while (next < text.Length && text[next] == ' ')
            next++;
        bool scheme = end - value <= 20 && next > end && next < text.Length && !text.AsSpan(value, end - value).ContainsAnyExcept(SecretValues.SchemeCharacters);
        if (scheme)
            (value, end) = (next, WordEnd(next, before));
        return end > value && !SecretValues.IsReference(text.AsSpan(value, end - value)) && Cut(value, end, -1, "authorization");
    }

    private bool Cookie(int value, char before)
    {
        int end = WordEnd(value, before);
        while (end > value && end < text.Length - 1 && text[end - 1] == ';' && text[end] == ' ')
            end = WordEnd(end + 1, before);
        return end > value && Cut(value, end, 0, "cookie");
    }

    /// <summary>An option or the name of a program. True when something was cut.</summary>
    private bool Word()
    {
        if (text[_at] != '-')
        {
            // To where the next word may begin, so that no character is in two words.
            int length = text.AsSpan(_at).IndexOfAny(WordEnds);
            _command = ShellCommand.Named(text.AsSpan(_at, length < 0 ? text.Length - _at : length), _command);
            return false;
        }

        if (_command?.SecretAfter(text, _at) is { } place)
            return CutArgument(place.Start, place.Kind, place.AfterColon);
        int name = _at;
        while (name < text.Length && text[name] == '-' && name - _at < 2)
            name++;
        int stop = name;
        while (stop < text.Length && stop - name < 64 && (char.IsAsciiLetterOrDigit(text[stop]) || text[stop] is '-' or '_' or '.'))
            stop++;
        if (stop == name || stop + 1 >= text.Length || text[stop] != ' ' || SecretNames.KindOf(text.AsSpan(name, stop - name)) is not { } kind)
            return false;
        return text[stop + 1] != '-' && !SecretValues.IsDockerSecret(text.AsSpan(stop + 1)) && CutArgument(stop + 1, kind == SecretNames.Header ? "authorization" : kind, false);
    }

    private bool CutArgument(int start, string kind, bool afterColon)
    {
        while (start < text.Length && text[start] == ' ')
            start++;
        char quote = QuoteAt(ref start);
        int end = ValueEnd(start, quote, '\0', afterColon ? MostUncut : int.MaxValue);
        if (afterColon)
        {
            int colon = text.IndexOf(':', start, end - start);
            if (colon < 0)
                return false;
            start = colon + 1;
        }

        return SecretValues.IsWorthCutting(text.AsSpan(start, end - start), kind, false, "") && Cut(start, end, -1, kind);
    }

    private bool EndOfCommand()
    {
        _command = null;
        return false;
    }

    private bool Cut(int start, int end, int keep, string kind)
    {
        if (end <= start || SecretValues.IsCutAlready(text.AsSpan(start, end - start)))
            return false;
        int length = end - start;
        int kept = Math.Min(keep >= 0 ? keep : length >= 16 ? 4 : length >= 8 ? 2 : 0, length / 2);
        if (kept > 0 && char.IsHighSurrogate(text[start + kept - 1]))
            kept--;
        _safe ??= new StringBuilder(text.Length);
        _safe.Append(text, _copied, start + kept - _copied).Append("[redacted:").Append(kind).Append(']');
        _copied = _at = end;
        return true;
    }

    /// <summary>The name in front of a separator, what stands before it, and whether the name itself is in quotes.</summary>
    private ReadOnlySpan<char> NameBefore(out char before, out bool quoted)
    {
        int end = _at;
        if (end > _copied && text[end - 1] == ' ')
            end--;
        quoted = end > _copied && text[end - 1] is '"' or '\'';
        if (quoted)
            end--;
        if (quoted && end > _copied && text[end - 1] == '\\')
            end--;
        int start = end;
        while (start > _copied && end - start < 64 && (char.IsAsciiLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '-' or '.'))
            start--;
        before = start > 0 ? text[start - 1] : '\0';
        return text.AsSpan(start, end - start);
    }

    private int ValueEnd(int start, char quote, char before, int most)
    {
        int end = start;
        for (; end < text.Length && end - start < most; end++)
        {
            char c = text[end];
            if (quote != '\0' ? c == quote || c == '\n' : char.IsWhiteSpace(c) || (before is '?' or '&' && c is '&' or '#') || (before == ';' && c == ';'))
                break;
        }

        if (quote != '\0' && end > start && end < text.Length && text[end - 1] == '\\')
            end--;
        if (quote == '\0')
        {
            while (end > start && text[end - 1] is '"' or '\'' or ')' or '`' or '}' or ',')
                end--;
        }

        return end;
    }

    private int WordEnd(int start, char before)
    {
        int end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('"' or '\'' or '`') && (before == '\0' || text[end] != before))
            end++;
        return end;
    }

    /// <summary>Steps over an opening quote, escaped or not.</summary>
    private char QuoteAt(ref int value)
    {
        int i = value < text.Length && text[value] == '\\' ? value + 1 : value;
        if (i >= text.Length || text[i] is not ('"' or '\''))
            return '\0';
        value = i + 1;
        return text[i];
    }

    private bool At(string word) => string.CompareOrdinal(text, _at, word, 0, word.Length) == 0;

    private bool IsWordStart() => _at == 0 || char.IsWhiteSpace(text[_at - 1]) || WordEnds.Contains(text[_at - 1]);

    private bool IsTokenStart() => _at == 0 || !(char.IsAsciiLetterOrDigit(text[_at - 1]) || text[_at - 1] is '_' or '-');
}
