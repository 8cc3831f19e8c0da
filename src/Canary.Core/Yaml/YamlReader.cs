using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Canary.Yaml;

/// <summary>
/// Reads YAML into nodes with positions. Bounded, because rule files come from strangers: size, depth and node count have limits,
/// aliases (the billion-laughs door) and duplicate keys are errors.
/// </summary>
public sealed class YamlReader
{
    public const int MostCharacters = 4 * 1024 * 1024;
    private const int MostDepth = 64;
    private const int MostNodes = 500_000;

    private readonly string _file;
    private readonly Diagnostics _diagnostics;
    private readonly Parser _parser;
    private readonly bool _aliases;
    private int _nodes;
    private int _line = 1;
    private int _column = 1;

    private YamlReader(string text, string file, Diagnostics diagnostics, bool aliases)
    {
        _aliases = aliases;
        _file = file;
        _diagnostics = diagnostics;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Every document of the text. A document after a syntax error is not read; what went before it is returned.</summary>
    /// <param name="aliases">An alias stands for an empty text, and is no error: for files of others, whose anchors are read where they stand.</param>
    public static IReadOnlyList<YamlNode> ReadAll(string text, string file, Diagnostics diagnostics, bool aliases = false)
    {
        if (text.Length > MostCharacters)
        {
            diagnostics.Add(file, 0, 0, $"larger than {MostCharacters / 1024 / 1024} MiB; split it");
            return [];
        }

        var documents = new List<YamlNode>();
        var reader = new YamlReader(text, file, diagnostics, aliases);
        try
        {
            reader.Documents(documents);
        }
        catch (YamlException e)
        {
            diagnostics.Add(file, (int)e.Start.Line, (int)e.Start.Column, "not valid YAML: " + Reason(e));
        }
        catch (TooMuch e)
        {
            diagnostics.Add(file, e.Line, e.Column, e.Message);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // YamlDotNet's scanner answers some malformed text so (a plain scalar broken off by «key:» within [ ], for one).
            diagnostics.Add(file, reader._line, reader._column, "not valid YAML after this place");
        }

        return documents;
    }

    private static string Reason(YamlException e)
    {
        // YamlDotNet repeats the position in front of some messages; ours carries it already.
        string message = e.Message;
        int end = message.StartsWith("(Line", StringComparison.Ordinal) ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return (end < 0 ? message : message[(end + 3)..]).ReplaceLineEndings(" ");
    }

    private void Documents(List<YamlNode> into)
    {
        _parser.Consume<StreamStart>();
        while (!_parser.Accept<StreamEnd>(out _))
        {
            _parser.Consume<DocumentStart>();
            into.Add(Node(0));
            _parser.Consume<DocumentEnd>();
        }
    }

    private YamlNode Node(int depth)
    {
        var here = _parser.Current!;
        int line = (int)here.Start.Line, column = (int)here.Start.Column;
        (_line, _column) = (line, column);
        if (depth > MostDepth)
            throw new TooMuch(line, column, $"nested deeper than {MostDepth} levels");
        if (++_nodes > MostNodes)
            throw new TooMuch(line, column, $"more than {MostNodes:N0} values in one file");
        switch (here)
        {
            case Scalar scalar:
                _parser.MoveNext();
                return new YamlScalar(_file, line, column, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                return ListNode(line, column, depth);
            case MappingStart:
                return MapNode(line, column, depth);
            case AnchorAlias alias:
                _parser.MoveNext();
                if (!_aliases)
                    _diagnostics.Add(_file, line, column, $"alias '*{alias.Value}' is not allowed; write the value out");
                return new YamlScalar(_file, line, column, "", false);
            default:
                throw new YamlException(here.Start, here.End, $"unexpected {here.GetType().Name}");
        }
    }

    private YamlList ListNode(int line, int column, int depth)
    {
        var items = new List<YamlNode>();
        _parser.MoveNext();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(Node(depth + 1));
        return new YamlList(_file, line, column, items);
    }

    private YamlMap MapNode(int line, int column, int depth)
    {
        var entries = new List<KeyValuePair<YamlScalar, YamlNode>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        _parser.MoveNext();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(depth + 1);
            var value = Node(depth + 1);
            if (key is not YamlScalar name)
                _diagnostics.Add(key, "a key must be a plain word");
            else if (!seen.Add(name.Text))
                _diagnostics.Add(name, $"key '{name.Text}' stands twice");
            else
                entries.Add(new(name, value));
        }

        return new YamlMap(_file, line, column, entries);
    }

    private sealed class TooMuch(int line, int column, string message) : Exception(message)
    {
        public int Line { get; } = line;
        public int Column { get; } = column;
    }
}
