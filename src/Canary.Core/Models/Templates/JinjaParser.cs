using System.Collections.Frozen;

namespace Canary.Models.Templates;

/// <summary>Reads the statements of a template: those of Jinja 3, its loop controls and <c>do</c>, and <c>generation</c> of Transformers.</summary>
internal sealed class JinjaParser
{
    /// <summary>Of tags within tags.</summary>
    public const int MostDepth = 64;

    private static readonly FrozenSet<string> NoEnds = FrozenSet<string>.Empty;

    private readonly JinjaTokens _tokens;
    private readonly JinjaExpressions _expressions;
    private int _depth;

    private JinjaParser(JinjaTokens tokens) => (_tokens, _expressions) = (tokens, new JinjaExpressions(tokens));

    /// <exception cref="JinjaFault">It is not Jinja, or too deep.</exception>
    public static IReadOnlyList<JinjaNode> Parse(string source)
    {
        var parser = new JinjaParser(new JinjaTokens(JinjaLexer.Read(source)));
        return parser.Body(NoEnds);
    }

    /// <summary>Up to a tag with one of the words, which is left to be read from the word on.</summary>
    private List<JinjaNode> Body(FrozenSet<string> ends)
    {
        if (++_depth > MostDepth)
            throw new JinjaFault(_tokens.Current.At, "tags lie too deep within tags");
        var nodes = new List<JinjaNode>();
        while (_tokens.Current.Kind != JinjaKind.End)
        {
            var token = _tokens.Take();
            switch (token.Kind)
            {
                case JinjaKind.Text:
                    nodes.Add(new JinjaLiteral(token.At, token.Text));
                    break;
                case JinjaKind.OutputBegin:
                    nodes.Add(new JinjaOutput(token.At, _expressions.Whole()));
                    _tokens.Take(JinjaKind.OutputEnd);
                    break;
                default:
                    if (ends.Contains(_tokens.Current.Text))
                    {
                        _depth--;
                        return nodes;
                    }

                    nodes.Add(Tag(token.At, _tokens.Take(JinjaKind.Name).Text));
                    break;
            }
        }

        _depth--;
        return ends.Count == 0 ? nodes : throw new JinjaFault(_tokens.Current.At, $"{ends.First()} is missing");
    }

    private JinjaNode Tag(int at, string word) => word switch
    {
        "if" => If(at),
        "for" => For(at),
        "set" => Set(at),
        "macro" => Macro(at),
        "call" or "filter" or "with" or "autoescape" or "block" or "generation" => Block(at, word),
        "include" or "import" or "extends" or "from" or "do" or "break" or "continue" or "debug" => Plain(at, word),
        _ => throw new JinjaFault(at, "there is no such tag"),
    };

    private List<JinjaNode> Closed(string end)
    {
        _tokens.Take(JinjaKind.TagEnd);
        var body = Body(FrozenSet.Create(end));
        Close(end);
        return body;
    }

    private void Close(string end)
    {
        _tokens.Take(end);
        // {% endmacro name %} and {% endblock name %} may repeat the name.
        if (_tokens.Current.Kind == JinjaKind.Name)
            _tokens.Take();
        _tokens.Take(JinjaKind.TagEnd);
    }

    private JinjaIf If(int at)
    {
        var branches = new List<(JinjaNode?, IReadOnlyList<JinjaNode>)>();
        JinjaNode? condition = _expressions.Whole();
        while (true)
        {
            _tokens.Take(JinjaKind.TagEnd);
            branches.Add((condition, Body(FrozenSet.Create("elif", "else", "endif"))));
            if (_tokens.Accept("elif"))
            {
                condition = _expressions.Whole();
            }
            else if (_tokens.Accept("else"))
            {
                branches.Add((null, Closed("endif")));
                return new JinjaIf(at, branches);
            }
            else
            {
                Close("endif");
                return new JinjaIf(at, branches);
            }
        }
    }

    private JinjaFor For(int at)
    {
        var target = _expressions.Target();
        _tokens.Take("in");
        // Its own «if» belongs to the loop.
        var source = _expressions.WithoutChoice();
        var filter = _tokens.Accept("if") ? _expressions.Whole() : null;
        _ = _tokens.Accept("recursive");
        _tokens.Take(JinjaKind.TagEnd);
        List<JinjaNode> body = Body(FrozenSet.Create("else", "endfor")), none = [];
        if (_tokens.Accept("else"))
            none = Closed("endfor");
        else
            Close("endfor");
        return new JinjaFor(at, target, source, filter, body, none);
    }

    private JinjaSet Set(int at)
    {
        var target = _expressions.Target();
        if (_tokens.Accept("="))
        {
            var value = _expressions.Whole();
            _tokens.Take(JinjaKind.TagEnd);
            return new JinjaSet(at, target, value, []);
        }

        JinjaNode? filters = _tokens.Current.Is("|") ? _expressions.Filters(null) : null;
        return new JinjaSet(at, target, filters, Closed("endset"));
    }

    private JinjaMacro Macro(int at)
    {
        string name = _tokens.Take(JinjaKind.Name).Text;
        var parameters = _expressions.Parameters();
        return new JinjaMacro(at, name, parameters, Closed("endmacro"));
    }

    private JinjaBlock Block(int at, string word)
    {
        IReadOnlyList<JinjaArgument> parts = [];
        switch (word)
        {
            case "call":
                IReadOnlyList<JinjaArgument> parameters = _tokens.Current.Is("(") ? _expressions.Parameters() : [];
                parts = [.. parameters, new JinjaArgument(null, _expressions.Whole())];
                break;
            case "filter":
                parts = [new JinjaArgument(null, _expressions.FilterOfBlock())];
                break;
            case "with":
                parts = _expressions.Bindings();
                break;
            case "autoescape":
                parts = [new JinjaArgument(null, _expressions.Whole())];
                break;
            default:
                while (_tokens.Current.Kind == JinjaKind.Name)
                    _tokens.Take();
                break;
        }

        return new JinjaBlock(at, word, parts, Closed("end" + word));
    }

    private JinjaTag Plain(int at, string word)
    {
        var value = _tokens.Current.Kind == JinjaKind.TagEnd ? null : _expressions.Whole();
        // What follows says how a file is taken in; that it is taken in at all is enough.
        while (word is "include" or "import" or "from" && _tokens.Current.Kind is JinjaKind.Name or JinjaKind.Operator)
            _tokens.Take();
        _tokens.Take(JinjaKind.TagEnd);
        return new JinjaTag(at, word, value);
    }
}
