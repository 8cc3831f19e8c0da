namespace Canary.Rules.Indexing;

/// <summary>
/// Plain text that a regular expression cannot match without: one of the literals is in every text that it matches. Reads the syntax
/// that <see cref="RegexSyntax"/> lets through, and promises nothing where it is not sure.
/// </summary>
internal sealed class RegexLiterals
{
    private const int MostLiterals = 128;

    // A class of few characters is written out: [ "'] gives three literals.
    private const int MostOfClass = 4;
    private const int MostRuns = 16;

    private readonly string _pattern;
    private readonly bool _ignoresCase;
    private int _at;

    private RegexLiterals(string pattern, bool ignoresCase)
    {
        _pattern = pattern;
        _ignoresCase = ignoresCase;
    }

    /// <summary>Null when nothing can be promised.</summary>
    public static IReadOnlyList<string>? Of(string pattern, bool ignoresCase)
    {
        try
        {
            // An inline flag may stand anywhere, so it is taken to hold everywhere; `x` would make blanks mean nothing.
            bool inline = HasInlineFlag(pattern, 'i');
            if (HasInlineFlag(pattern, 'x'))
                return null;
            var reader = new RegexLiterals(pattern, ignoresCase || inline);
            var found = reader.Alternatives(0);
            return reader._at == pattern.Length && found is { Count: <= MostLiterals } ? found : null;
        }
        catch (NotUnderstood)
        {
            return null;
        }
    }

    private static bool HasInlineFlag(string pattern, char flag)
    {
        for (int i = pattern.IndexOf("(?", StringComparison.Ordinal); i >= 0; i = pattern.IndexOf("(?", i + 2, StringComparison.Ordinal))
        {
            for (int j = i + 2; j < pattern.Length && (char.IsAsciiLetter(pattern[j]) || pattern[j] == '-'); j++)
            {
                if (pattern[j] == flag)
                    return true;
            }
        }

        return false;
    }

    private List<string>? Alternatives(int depth)
    {
        var all = Sequence(depth);
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            var next = Sequence(depth);
            all = all is null || next is null ? null : [.. all, .. next];
        }

        return all;
    }

    private List<string>? Sequence(int depth)
    {
        List<string>? best = null;
        string[] runs = [""];
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            if (_pattern[_at] == '(')
            {
                Flush();
                var group = Group(depth);
                if (!IsOptional())
                    Consider(group);
                continue;
            }

            string? choices = Single();
            bool quantified = _at < _pattern.Length && _pattern[_at] is '*' or '+' or '?' or '{';
            bool optional = IsOptional();
            if (choices is not null && runs.Length * choices.Length > MostRuns)
                Flush();
            if (choices is not null && !optional)
                runs = [.. runs.SelectMany(run => choices, (run, c) => run + c)];
            if (choices is null || quantified)
                Flush();
        }

        Flush();
        return best;

        void Flush()
        {
            Consider(runs[0].Length > 0 ? [.. runs] : null);
            runs = [""];
        }

        void Consider(List<string>? set)
        {
            if (set is not null && (best is null || set.Min(s => s.Length) > best.Min(s => s.Length)))
                best = set;
        }
    }

    private List<string>? Group(int depth)
    {
        if (depth > 100)
            throw new NotUnderstood();
        _at++;
        if (_at < _pattern.Length && _pattern[_at] == '?')
        {
            _at++;
            if (!GroupOpens())
                return null;
        }

        var inner = Alternatives(depth + 1);
        if (_at >= _pattern.Length || _pattern[_at] != ')')
            throw new NotUnderstood();
        _at++;
        return inner;
    }

    /// <summary>Reads what stands between <c>(?</c> and the group's text. False when nothing follows: the group only sets flags.</summary>
    private bool GroupOpens()
    {
        char kind = Next();
        if (kind is '<' or '\'')
        {
            char close = kind == '<' ? '>' : kind;
            while (Next() != close)
            {
            }

            return true;
        }

        while (char.IsAsciiLetter(kind) || kind == '-')
            kind = Next();
        return kind == ':' || (kind == ')' ? false : throw new NotUnderstood());
    }

    private char Next() => _at < _pattern.Length ? _pattern[_at++] : throw new NotUnderstood();

    /// <summary>One character, class or anchor: the characters of which one must stand there, if they are few, else null.</summary>
    private string? Single()
    {
        char c = _pattern[_at++];
        switch (c)
        {
            case '[':
                int begin = _at;
                _at = RegexSyntax.ClassEnd(_pattern, begin - 1) + 1;
                return Members(begin, _at - 1);
            case '.' or '^' or '$':
                return null;
            case '\\':
                char escaped = Next();
                if (char.IsAsciiLetterOrDigit(escaped))
                {
                    if (!"dDwWsSbBnrtfvAzZ".Contains(escaped))
                        throw new NotUnderstood();
                    return null;
                }

                c = escaped;
                break;
        }

        return IsPlain(c) ? c.ToString() : null;
    }

    // Beyond ASCII some letters are the same as k, s or i when case is ignored.
    private bool IsPlain(char c) => char.IsAscii(c) && !(_ignoresCase && "kKsSiI".Contains(c));

    /// <summary>What a class without ranges lists, each character once whatever its case; null when that is more than a few.</summary>
    private string? Members(int begin, int end)
    {
        var members = new SortedSet<char>();
        for (int i = begin; i < end; i++)
        {
            char c = _pattern[i];
            if (c == '\\' && (++i >= end || char.IsAsciiLetterOrDigit(c = _pattern[i])))
                return null;
            if ((i == begin && c == '^') || (c == '-' && i > begin && i < end - 1) || c == '[' || !IsPlain(c))
                return null;
            members.Add(char.ToUpperInvariant(c));
        }

        return members.Count is 0 or > MostOfClass ? null : string.Concat(members);
    }

    /// <summary>Reads a quantifier, if one stands here. True when it allows for nothing at all.</summary>
    private bool IsOptional()
    {
        if (_at >= _pattern.Length)
            return false;
        bool optional = false;
        switch (_pattern[_at])
        {
            case '*' or '?':
                optional = true;
                _at++;
                break;
            case '+':
                _at++;
                break;
            case '{':
                int end = _pattern.IndexOf('}', _at);
                if (end < 0 || !_pattern.AsSpan(_at + 1, end - _at - 1).ContainsAnyInRange('0', '9'))
                    throw new NotUnderstood();
                optional = _pattern[_at + 1] is '0' or ',';
                _at = end + 1;
                break;
            default:
                return false;
        }

        if (_at < _pattern.Length && _pattern[_at] == '?')
            _at++;
        return optional;
    }

    private sealed class NotUnderstood : Exception;
}
