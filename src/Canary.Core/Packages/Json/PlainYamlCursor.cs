using System.Buffers;
using System.Text;
using Canary.Text;

namespace Canary.Packages.Json;

/// <summary>Walks over the bytes of YAML; each method leaves it behind what it read.</summary>
internal ref struct PlainYamlCursor(SourceFile file)
{
    private const int MostDepth = 64;
    private const int MostValues = 5_000_000;

    private static readonly SearchValues<byte> PlainEnds = SearchValues.Create("#\n\r"u8);
    private static readonly SearchValues<byte> FlowEnds = SearchValues.Create("#\n\r,:{}[]"u8);

    private readonly SourceFile _file = file;
    private readonly ReadOnlySpan<byte> _bytes = file.Bytes.Span;
    private int _at;
    private int _lineStart;
    private int _depth;
    private int _left = MostValues;

    // Behind the text and at a document's end no column fits, so every block ends there.
    private readonly int Column => _at >= _bytes.Length || AtMarker ? -1 : _at - _lineStart;

    private readonly byte Here => _at < _bytes.Length ? _bytes[_at] : (byte)'\n';

    private readonly bool AtLineEnd => Here is (byte)'\n' or (byte)'\r';

    private readonly bool AtDash => Here == '-' && IsGap(_at + 1);

    private readonly bool AtMarker => _at == _lineStart && IsGap(_at + 3) && (_bytes[_at..].StartsWith("---"u8) || _bytes[_at..].StartsWith("..."u8));

    public List<JsonPart> Documents()
    {
        var documents = new List<JsonPart>();
        if (_bytes.StartsWith("\uFEFF"u8))
            _at = _lineStart = 3;
        while (true)
        {
            Skip();
            while (_at < _bytes.Length && AtMarker)
            {
                _at += 3;
                Skip();
            }

            if (_at >= _bytes.Length)
                return documents;
            documents.Add(Node(-1));
            Skip();
            if (Column >= 0)
                throw Fault("not understood from here on");
        }
    }

    private JsonPart Node(int parent)
    {
        if (++_depth > MostDepth)
            throw Fault($"nested deeper than {MostDepth} levels");
        int column = _at - _lineStart;
        var node = AtDash ? List(column) : IsKeyAhead() ? Map(column) : Inline(parent);
        _depth--;
        return node;
    }

    private JsonMap Map(int column)
    {
        int start = _at;
        var members = new List<JsonMember>();
        while (Column == column && !AtDash)
        {
            int offset = _at;
            bool apart = Here == '?' && IsGap(_at + 1);
            if (apart)
            {
                _at++;
                SkipSpaces();
                offset = _at;
            }

            string name = Here is (byte)'"' or (byte)'\'' ? Quoted() : Name(apart);
            if (apart)
                Skip();
            else
                SkipSpaces();
            if (Here != ':' || (apart && Column != column))
                throw Fault("a name without a value");
            _at++;
            members.Add(new JsonMember(offset, name, Value(column)));
            Skip();
        }

        if (Column > column)
            throw Fault("indented otherwise than what is above it");
        return new JsonMap(Counted(start), members);
    }

    private JsonList List(int column)
    {
        int start = _at;
        var items = new List<JsonPart>();
        while (Column == column && AtDash)
        {
            _at++;
            SkipSpaces();
            if (!AtLineEnd && Here != '#')
                items.Add(Node(column));
            else
                items.Add(Below(column));
            Skip();
        }

        if (Column > column)
            throw Fault("indented otherwise than what is above it");
        return new JsonList(Counted(start), items);
    }

    private JsonPart Value(int column)
    {
        if (!IsGap(_at))
            throw Fault("no space behind the colon");
        SkipSpaces();
        if (!AtLineEnd && Here != '#')
            return Inline(column);
        return Below(column, alsoDash: true);
    }

    /// <summary>A value on the lines below its name.</summary>
    private JsonPart Below(int column, bool alsoDash = false)
    {
        int start = _at;
        Skip();
        if (Column > column || (alsoDash && Column == column && AtDash))
        {
            if (Column > column)
                return Node(column);
            if (++_depth > MostDepth)
                throw Fault($"nested deeper than {MostDepth} levels");
            var list = List(column);
            _depth--;
            return list;
        }

        return new JsonNull(Counted(start));
    }

    private JsonPart Inline(int column)
    {
        int start = _at;
        switch (Here)
        {
            case (byte)'|' or (byte)'>':
                return new JsonText(Counted(start), BlockText(column));
            case (byte)'{' or (byte)'[' or (byte)'"' or (byte)'\'':
                var value = FlowValue();
                SkipSpaces();
                if (!AtLineEnd && Here != '#')
                    throw Fault("something behind the end of a value");
                return value;
            case (byte)'&' or (byte)'*' or (byte)'!' or (byte)'%' or (byte)'@' or (byte)'`':
                throw Fault("anchors, aliases and tags are not read");
        }

        string text = Decoded(start, PlainEnd(flow: false));
        for (Skip(); Column > column; Skip())
        {
            if (IsKeyAhead())
                throw Fault("a name and a value below a value");
            int more = _at;
            text += " " + Decoded(more, PlainEnd(flow: false));
            // A text of several lines is rare and short; a long one is an attack on this loop.
            if (text.Length > 65_536)
                throw Fault("a plain text of more than 65,536 characters");
        }

        return Plain(start, text);
    }

    private JsonPart FlowValue()
    {
        if (++_depth > MostDepth)
            throw Fault($"nested deeper than {MostDepth} levels");
        int start = _at;
        JsonPart value;
        if (Here is (byte)'"' or (byte)'\'')
        {
            value = new JsonText(Counted(start), Quoted());
        }
        else if (Here is (byte)'{' or (byte)'[')
        {
            bool isMap = Here == '{';
            byte end = isMap ? (byte)'}' : (byte)']';
            var members = new List<JsonMember>();
            var items = new List<JsonPart>();
            _at++;
            for (Skip(); Here != end; Skip())
            {
                if (isMap)
                    members.Add(FlowMember());
                else
                    items.Add(FlowValue());
                Skip();
                if (Here == ',')
                    _at++;
                else if (Here != end)
                    throw Fault("not closed");
            }

            _at++;
            value = isMap ? new JsonMap(Counted(start), members) : new JsonList(Counted(start), items);
        }
        else
        {
            int end = PlainEnd(flow: true);
            if (end == start)
                throw Fault("a value is missing");
            value = Plain(start, Decoded(start, end));
        }

        _depth--;
        return value;
    }

    private JsonMember FlowMember()
    {
        int start = _at;
        string name = Here is (byte)'"' or (byte)'\'' ? Quoted() : Decoded(start, PlainEnd(flow: true));
        Skip();
        if (_at == start)
            throw Fault("a name is missing");
        if (Here != ':')
            return new JsonMember(start, name, new JsonNull(Counted(start)));
        _at++;
        Skip();
        return new JsonMember(start, name, Here is (byte)',' or (byte)'}' ? new JsonNull(Counted(_at)) : FlowValue());
    }

    private JsonPart Plain(int start, string text) => text switch
    {
        "true" => new JsonTruth(Counted(start), true),
        "false" => new JsonTruth(Counted(start), false),
        "null" or "~" => new JsonNull(Counted(start)),
        _ => new JsonText(Counted(start), text),
    };

    /// <summary>A name that is not quoted; it ends at the colon, or with the line where the value stands apart.</summary>
    private string Name(bool apart)
    {
        int start = _at;
        for (; ; _at++)
        {
            int next = _bytes[_at..].IndexOfAny((byte)':', (byte)'\n', (byte)'\r');
            _at = next < 0 ? _bytes.Length : _at + next;
            if (AtLineEnd || (!apart && IsGap(_at + 1)))
                break;
        }

        if (_at == start || (AtLineEnd && !apart))
            throw Fault("neither a name with a value nor a list");
        return Decoded(start, _at);
    }

    /// <summary>Moves to the end of a plain text on this line.</summary>
    private int PlainEnd(bool flow)
    {
        for (; ; _at++)
        {
            int next = _bytes[_at..].IndexOfAny(flow ? FlowEnds : PlainEnds);
            _at = next < 0 ? _bytes.Length : _at + next;
            bool isEnd = Here switch
            {
                (byte)'#' => _at > 0 && _bytes[_at - 1] is (byte)' ' or (byte)'\t',
                (byte)':' => IsGap(_at + 1) || _bytes[_at + 1] is (byte)',' or (byte)'}',
                _ => true,
            };
            if (isEnd)
                return _at;
        }
    }

    private string BlockText(int column)
    {
        while (!AtLineEnd)
            _at++;
        var text = new StringBuilder();
        while (_at < _bytes.Length)
        {
            // Stands at the end of a line that belongs to it.
            int next = _bytes[_at..].IndexOf((byte)'\n');
            if (next < 0)
            {
                _at = _bytes.Length;
                break;
            }

            int lineStart = _at + next + 1, first = lineStart;
            while (first < _bytes.Length && _bytes[first] == ' ')
                first++;
            bool blank = first >= _bytes.Length || _bytes[first] is (byte)'\n' or (byte)'\r';
            if (!blank && first - lineStart <= column)
                break;
            _lineStart = lineStart;
            _at = first;
            while (!AtLineEnd)
                _at++;
            text.Append(text.Length == 0 ? "" : "\n").Append(Decoded(first, _at));
        }

        return text.ToString().TrimEnd('\n');
    }

    private string Quoted()
    {
        byte quote = Here;
        int start = ++_at;
        bool rewritten = false;
        for (; _at < _bytes.Length && _bytes[_at] != quote; _at++)
        {
            if (_bytes[_at] == '\n')
                (_lineStart, rewritten) = (_at + 1, true);
            else if (_bytes[_at] == '\\' && quote == '"')
                (_at, rewritten) = (_at + 1, true);
            if (quote == '\'' && _at + 2 < _bytes.Length && _bytes[_at + 1] == quote && _bytes[_at + 2] == quote)
                (_at, rewritten) = (_at + 2, true);
        }

        if (_at >= _bytes.Length)
        {
            _at = start - 1;
            throw Fault("a quoted text does not end");
        }

        string text = Decoded(start, _at, trim: false);
        _at++;
        return rewritten ? PlainYamlText.Unquoted(text, quote) : text;
    }

    private readonly bool IsKeyAhead()
    {
        var rest = _bytes[_at..];
        int end = rest.IndexOf((byte)'\n');
        return PlainYamlText.BeginsWithName(end < 0 ? rest : rest[..end]);
    }

    private void Skip()
    {
        for (; _at < _bytes.Length; _at++)
        {
            byte b = _bytes[_at];
            if (b == '\n')
                _lineStart = _at + 1;
            else if (b == '#' && (_at == _lineStart || _bytes[_at - 1] is (byte)' ' or (byte)'\t'))
                _at += _bytes[_at..].IndexOf((byte)'\n') is >= 0 and int next ? next - 1 : _bytes.Length - _at - 1;
            else if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r'))
                return;
        }
    }

    private void SkipSpaces()
    {
        while (Here is (byte)' ' or (byte)'\t')
            _at++;
    }

    private readonly bool IsGap(int at) => at >= _bytes.Length || _bytes[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    private readonly string Decoded(int start, int end, bool trim = true)
    {
        bool lossy = false;
        var bytes = _bytes[start..end];
        return Utf8.Decode(trim ? bytes.Trim((byte)' ') : bytes, ref lossy);
    }

    private int Counted(int offset) => --_left >= 0 ? offset : throw Fault($"more than {MostValues:N0} values");

    private readonly UnreadableFileException Fault(string reason) => new(_file.LineOf(_at), "YAML: " + reason);
}
