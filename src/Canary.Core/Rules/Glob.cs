using System.Buffers;
using Mark = Canary.Rules.SigmaText.Mark;

namespace Canary.Rules;

/// <summary>
/// A compiled string value: whole, prefix, suffix, substring, or segments between wildcards. Time is bounded by text × pattern length,
/// whatever the pattern; nothing is allocated. (Globs as regular expressions were measured at 0.5 MB each.)
/// </summary>
internal sealed class Glob
{
    private const string Dashes = "-/–—―";
    private readonly Segment[] _segments;
    private readonly bool _openStart;
    private readonly bool _openEnd;
    private readonly StringComparison _comparison;

    // Nearly all patterns are one literal, and a full scan asks thousands of them: nothing else is looked up for those.
    private readonly Segment? _only;

    public Glob(SigmaText text, bool cased)
    {
        Cased = cased;
        Source = text;
        _comparison = cased ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        _openStart = text.Marks is [Mark.Any, ..];
        _openEnd = text.Marks is [.., Mark.Any];
        var segments = new List<Segment>();
        for (int start = 0; start < text.Marks.Length;)
        {
            int end = start;
            while (end < text.Marks.Length && text.Marks[end] != Mark.Any)
                end++;
            if (end > start)
                segments.Add(new Segment(text.Slice(start, end)));
            start = end + 1;
        }

        _segments = [.. segments];
        if (_segments is [{ Marks: null } only])
            _only = only;
    }

    public bool Cased { get; }

    /// <summary>The literal, where the whole pattern is that it stands anywhere in the text, whatever its case.</summary>
    public string? Searched => _openStart && _openEnd && !Cased ? _only?.Literal : null;

    /// <summary>Some part of it may stand anywhere in the text.</summary>
    public bool IsSearched => _segments.Length > 2 || (_openStart && _openEnd && _segments.Length > 0);

    /// <summary>What it was made from: for the index and for `explain`.</summary>
    public SigmaText Source { get; }

    /// <summary>In words that stand behind a field's name.</summary>
    public string Words
    {
        get
        {
            string wanted = string.Concat(Source.Characters.Select((c, i) => Source.Marks[i] == Mark.Dash ? '-' : c));
            bool inner = _segments.Length != 1 || _segments[0].Marks is not null;
            string words = inner ? wanted.Length == 0 ? "is empty" : _openStart && _openEnd && _segments.Length == 0 ? "has a value" : $"matches '{wanted}'"
                : _openStart && _openEnd ? $"contains '{_segments[0].Literal}'"
                : _openStart ? $"ends with '{_segments[0].Literal}'"
                : _openEnd ? $"starts with '{_segments[0].Literal}'"
                : $"is '{_segments[0].Literal}'";
            return Cased ? words + " (case-sensitive)" : words;
        }
    }

    public bool Matches(ReadOnlySpan<char> text)
    {
        if (_only is not { } only)
            return MatchesSegments(text);
        if (text.Length < only.Length)
            return false;
        if (!_openStart)
            return (_openEnd || text.Length == only.Length) && text.StartsWith(only.Literal, _comparison);
        if (!_openEnd)
            return text.EndsWith(only.Literal, _comparison);
        return Find(only, text) >= 0;
    }

    /// <summary>Where the first literal between wildcards stands, in a text that matches.</summary>
    public Range? Where(string text)
    {
        if (!_openStart || _segments.Length == 0)
            return null;
        int at = _segments.Length == 1 && !_openEnd ? text.Length - _segments[0].Length : Find(_segments[0], text);
        return at < 0 ? null : at..(at + _segments[0].Length);
    }

    private bool MatchesSegments(ReadOnlySpan<char> text)
    {
        if (_segments.Length == 0)
            return _openStart || text.IsEmpty;
        if (_segments.Length == 1 && !_openStart && !_openEnd)
            return text.Length == _segments[0].Length && At(_segments[0], text);
        int first = 0, last = _segments.Length - 1;
        if (!_openStart)
        {
            if (!At(_segments[0], text))
                return false;
            text = text[_segments[first++].Length..];
        }

        if (!_openEnd && first <= last)
        {
            int length = _segments[last].Length;
            if (length > text.Length || !At(_segments[last], text[^length..]))
                return false;
            text = text[..^length];
            last--;
        }

        for (; first <= last; first++)
        {
            int at = Find(_segments[first], text);
            if (at < 0)
                return false;
            text = text[(at + _segments[first].Length)..];
        }

        return true;
    }

    private bool At(Segment segment, ReadOnlySpan<char> text)
    {
        if (text.Length < segment.Length)
            return false;
        if (segment.Marks is null)
            return text[..segment.Length].Equals(segment.Literal, _comparison);
        for (int i = 0; i < segment.Length; i++)
        {
            bool same = segment.Marks[i] switch
            {
                Mark.One => true,
                Mark.Dash => Dashes.Contains(text[i]),
                _ => text[i] == segment.Literal[i]
                    || (!Cased && char.ToUpperInvariant(text[i]) == char.ToUpperInvariant(segment.Literal[i])),
            };
            if (!same)
                return false;
        }

        return true;
    }

    private int Find(Segment segment, ReadOnlySpan<char> text)
    {
        if (segment.Marks is null)
            return Cased ? text.IndexOf(segment.Literal, StringComparison.Ordinal) : text.IndexOfAny(segment.IgnoringCase);
        for (int i = 0; i + segment.Length <= text.Length; i++)
        {
            if (At(segment, text[i..]))
                return i;
        }

        return -1;
    }

    private sealed class Segment(SigmaText text)
    {
        // Made when first needed: most literals of a rule set are only ever looked for by the index. Without the data of cultures,
        // which Canary leaves out, IndexOf that ignores case takes one character at a time; this takes 32.
        private SearchValues<string>? _ignoringCase;

        public readonly string Literal = text.Characters;
        public readonly Mark[]? Marks = text.IsLiteral ? null : text.Marks;

        public SearchValues<string> IgnoringCase => _ignoringCase ??= SearchValues.Create([Literal], StringComparison.OrdinalIgnoreCase);

        public int Length => Literal.Length;
    }
}
