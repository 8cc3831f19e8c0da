namespace Canary.Rules;

/// <summary>The condition grammar of Sigma 2.1: or, and, not, `x of`, parentheses, loosest first.</summary>
internal sealed class ConditionParser
{
    private const int MostCharacters = 16 * 1024;
    private const int MostDepth = 64;

    private readonly string _text;
    private readonly List<(string Word, int Offset)> _words;
    private int _at;

    private ConditionParser(string text, List<(string, int)> words)
    {
        _text = text;
        _words = words;
    }

    public static ConditionSyntax Parse(string text)
    {
        if (text.Length > MostCharacters)
            throw new ConditionFault(0, $"the condition is longer than {MostCharacters} characters");
        var parser = new ConditionParser(text, Words(text));
        var syntax = parser.Or(0);
        if (parser._at < parser._words.Count)
            throw parser.Unexpected();
        return syntax;
    }

    private static List<(string, int)> Words(string text)
    {
        var words = new List<(string, int)>();
        for (int i = 0; i < text.Length;)
        {
            char c = text[i];
            int start = i;
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }

            if (c == '|')
                throw new ConditionFault(i, "'|' in a condition is an aggregation of old Sigma; write a correlation document instead");
            if (c is '(' or ')')
            {
                i++;
            }
            else
            {
                while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '_' or '-' or '*' or '.'))
                    i++;
                if (i == start)
                    throw new ConditionFault(i, $"'{Text.Printable.Line(text[i..(i + 1)])}' has no meaning in a condition");
            }

            words.Add((text[start..i], start));
        }

        return words;
    }

    private string? Peek => _at < _words.Count ? _words[_at].Word : null;

    private int Offset => _at < _words.Count ? _words[_at].Offset : _text.Length;

    private bool Takes(string word)
    {
        if (!string.Equals(Peek, word, StringComparison.OrdinalIgnoreCase))
            return false;
        _at++;
        return true;
    }

    private ConditionSyntax Or(int depth)
    {
        int offset = Offset;
        var parts = new List<ConditionSyntax> { And(depth) };
        while (Takes("or"))
            parts.Add(And(depth));
        return parts.Count == 1 ? parts[0] : new ConditionSyntax.Or(parts, offset);
    }

    private ConditionSyntax And(int depth)
    {
        int offset = Offset;
        var parts = new List<ConditionSyntax> { Negation(depth) };
        while (Takes("and"))
            parts.Add(Negation(depth));
        return parts.Count == 1 ? parts[0] : new ConditionSyntax.And(parts, offset);
    }

    private ConditionSyntax Negation(int depth)
    {
        int offset = Offset;
        if (depth > MostDepth)
            throw new ConditionFault(offset, $"nested deeper than {MostDepth} levels");
        return Takes("not") ? new ConditionSyntax.Negation(Negation(depth + 1), offset) : Atom(depth);
    }

    private ConditionSyntax Atom(int depth)
    {
        int offset = Offset;
        if (Takes("("))
        {
            var inner = Or(depth + 1);
            return Takes(")") ? inner : throw (Peek is null ? new ConditionFault(offset, "this parenthesis is never closed") : Unexpected());
        }

        string word = Peek ?? throw new ConditionFault(_text.Length, "the condition ends where a selection is expected");
        if (_at + 1 < _words.Count && _words[_at + 1].Word.Equals("of", StringComparison.OrdinalIgnoreCase))
            return Of(word, offset);
        if (word is ")" || IsOperator(word))
            throw Unexpected();
        if (word.Contains('*'))
            throw new ConditionFault(offset, $"a pattern needs '1 of' or 'all of' before it: '1 of {word}'");
        _at++;
        return new ConditionSyntax.Name(word, offset);
    }

    private ConditionSyntax.Of Of(string quantity, int offset)
    {
        bool all = quantity.Equals("all", StringComparison.OrdinalIgnoreCase);
        if (!all && quantity != "1" && !quantity.Equals("any", StringComparison.OrdinalIgnoreCase))
            throw new ConditionFault(offset, $"'{quantity} of' is not in Sigma; only '1 of', 'any of' and 'all of' are");
        _at += 2;
        string pattern = Peek ?? throw new ConditionFault(_text.Length, "the condition ends where a selection is expected");
        if (pattern is "(" or ")" || IsOperator(pattern))
            throw Unexpected();
        _at++;
        return new ConditionSyntax.Of(all, pattern, offset);
    }

    private static bool IsOperator(string word) => word.ToLowerInvariant() is "and" or "or" or "not" or "of";

    private ConditionFault Unexpected() => new(Offset, $"'{Peek}' is not expected here");
}

/// <summary>A fault in a condition, by its offset in the text.</summary>
internal sealed class ConditionFault(int offset, string message) : Exception(message)
{
    public int Offset { get; } = offset;
}
