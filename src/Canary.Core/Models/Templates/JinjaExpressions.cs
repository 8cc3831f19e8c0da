using System.Collections.Frozen;

namespace Canary.Models.Templates;

/// <summary>Reads expressions. Bounded twice: by what lies within brackets, and by what is chained in one tag, so that no tree is too deep to be walked.</summary>
internal sealed partial class JinjaExpressions(JinjaTokens tokens)
{
    private const int MostDepth = 48;
    private const int MostLinks = 1000;

    private static readonly string[] Comparisons = ["==", "!=", "<", ">", "<=", ">="];
    private static readonly string[][] Levels = [["+", "-"], ["~"], ["*", "/", "//", "%"]];
    private static readonly FrozenSet<string> NoArguments =
        FrozenSet.Create("if", "else", "and", "or", "in", "not", "is", "recursive");

    private int _depth;
    private int _links;

    /// <summary>An expression, or several with commas between, as a list; the first of its tag.</summary>
    public JinjaNode Whole()
    {
        _links = 0;
        return Tuple(Choice);
    }

    public JinjaNode WithoutChoice()
    {
        _links = 0;
        return Tuple(Or);
    }

    /// <summary>What is assigned to: a name, an attribute of one, or several with commas between.</summary>
    public JinjaNode Target()
    {
        _links = 0;
        return Tuple(Primary);
    }

    /// <summary>Parameters of a macro, with brackets.</summary>
    public List<JinjaArgument> Parameters()
    {
        tokens.Take("(");
        var parameters = new List<JinjaArgument>();
        while (!tokens.Accept(")"))
        {
            string name = tokens.Take(JinjaKind.Name).Text;
            parameters.Add(new JinjaArgument(name, tokens.Accept("=") ? Choice() : null));
            if (!tokens.Current.Is(")"))
                tokens.Take(",");
        }

        return parameters;
    }

    /// <summary>The names and values of <c>with</c>.</summary>
    public List<JinjaArgument> Bindings()
    {
        var bindings = new List<JinjaArgument>();
        while (tokens.Current.Kind == JinjaKind.Name)
        {
            string name = tokens.Take().Text;
            tokens.Take("=");
            bindings.Add(new JinjaArgument(name, Choice()));
            if (!tokens.Accept(","))
                break;
        }

        return bindings;
    }

    public JinjaNode FilterOfBlock() => Filters(OneFilter(null));

    public JinjaNode Filters(JinjaNode? target)
    {
        while (tokens.Accept("|"))
            target = OneFilter(target);
        return target!;
    }

    private JinjaFilter OneFilter(JinjaNode? target)
    {
        Link();
        int at = tokens.Current.At;
        return new JinjaFilter(at, target, Dotted(), tokens.Current.Is("(") ? Arguments() : []);
    }

    private JinjaNode Tuple(Func<JinjaNode> one)
    {
        int at = tokens.Current.At;
        var first = one();
        if (!tokens.Current.Is(","))
            return first;
        var entries = new List<JinjaNode> { first };
        while (tokens.Accept(",") && tokens.Current.Kind is not (JinjaKind.TagEnd or JinjaKind.OutputEnd)
            && !tokens.Current.Is(")") && !tokens.Current.Is("in") && !tokens.Current.Is("="))
            entries.Add(one());
        return new JinjaList(at, entries);
    }

    private JinjaNode Choice()
    {
        Enter();
        var node = Or();
        while (tokens.Accept("if"))
        {
            Link();
            var condition = Or();
            node = new JinjaChoice(node.At, node, condition, tokens.Accept("else") ? Choice() : null);
        }

        _depth--;
        return node;
    }

    private JinjaNode Or()
    {
        var left = And();
        while (tokens.Accept("or"))
            left = Binary("or", left, And());
        return left;
    }

    private JinjaNode And()
    {
        var left = Not();
        while (tokens.Accept("and"))
            left = Binary("and", left, Not());
        return left;
    }

    private JinjaNode Not()
    {
        int at = tokens.Current.At;
        if (!tokens.Accept("not"))
            return Compare();
        Enter();
        var node = new JinjaUnary(at, "not", Not());
        _depth--;
        return node;
    }

    private JinjaNode Compare()
    {
        var left = Arithmetic(0);
        while (true)
        {
            if (tokens.Current.Kind == JinjaKind.Operator && Comparisons.Contains(tokens.Current.Text))
                left = Binary(tokens.Take().Text, left, Arithmetic(0));
            else if (tokens.Accept("in"))
                left = Binary("in", left, Arithmetic(0));
            else if (tokens.Current.Is("not") && tokens.Following.Is("in"))
                left = Binary((tokens.Take(), tokens.Take(), "not in").Item3, left, Arithmetic(0));
            else
                return left;
        }
    }

    private JinjaNode Arithmetic(int level)
    {
        if (level == Levels.Length)
            return Power();
        var left = Arithmetic(level + 1);
        while (tokens.Current.Kind == JinjaKind.Operator && Levels[level].Contains(tokens.Current.Text))
            left = Binary(tokens.Take().Text, left, Arithmetic(level + 1));
        return left;
    }

    private JinjaNode Power()
    {
        var left = Unary(filters: true);
        while (tokens.Accept("**"))
            left = Binary("**", left, Unary(filters: true));
        return left;
    }

    private JinjaNode Unary(bool filters)
    {
        int at = tokens.Current.At;
        JinjaNode node;
        if (tokens.Current.Is("-") || tokens.Current.Is("+"))
        {
            Enter();
            node = new JinjaUnary(at, tokens.Take().Text, Unary(filters: false));
            _depth--;
        }
        else
        {
            node = Postfix(Primary());
        }

        return filters ? FiltersAndTests(node) : node;
    }

    private JinjaNode FiltersAndTests(JinjaNode node)
    {
        while (true)
        {
            if (tokens.Current.Is("|"))
                node = Filters(node);
            else if (tokens.Accept("is"))
                node = Test(node);
            else if (tokens.Current.Is("(") || tokens.Current.Is(".") || tokens.Current.Is("["))
                node = Postfix(node);
            else
                return node;
        }
    }

    private JinjaNode Test(JinjaNode target)
    {
        Link();
        bool negated = tokens.Accept("not");
        int at = tokens.Current.At;
        string name = Dotted();
        List<JinjaArgument> arguments = [];
        if (tokens.Current.Is("("))
            arguments = Arguments();
        // One argument may stand without brackets: «is divisibleby 3».
        else if (tokens.Current.Kind is JinjaKind.String or JinjaKind.Integer or JinjaKind.Float || tokens.Current.Is("[") || tokens.Current.Is("{")
            || tokens.Current.Kind == JinjaKind.Name && !NoArguments.Contains(tokens.Current.Text))
            arguments.Add(new JinjaArgument(null, Postfix(Primary())));
        JinjaNode test = new JinjaTest(at, target, name, arguments);
        return negated ? new JinjaUnary(at, "not", test) : test;
    }

    private string Dotted()
    {
        string name = tokens.Take(JinjaKind.Name).Text;
        while (tokens.Accept("."))
            name += "." + tokens.Take(JinjaKind.Name).Text;
        return name;
    }

    private JinjaNode Postfix(JinjaNode node)
    {
        while (true)
        {
            int at = tokens.Current.At;
            if (tokens.Accept("."))
                node = Attribute(at, node, tokens.Take());
            else if (tokens.Accept("["))
                node = Index(at, node);
            else if (tokens.Current.Is("("))
                node = new JinjaCall(at, node, Arguments());
            else
                return node;
            Link();
        }
    }

    private static JinjaNode Attribute(int at, JinjaNode target, JinjaToken name) => name.Kind switch
    {
        JinjaKind.Name => new JinjaAttribute(at, target, name.Text),
        JinjaKind.Integer => new JinjaIndex(at, target, Integer(name)),
        _ => throw new JinjaFault(name.At, "a name was expected here"),
    };

    private JinjaIndex Index(int at, JinjaNode target)
    {
        Enter();
        var parts = new List<JinjaNode>();
        do
            parts.Add(Subscript());
        while (tokens.Accept(",") && !tokens.Current.Is("]"));
        tokens.Take("]");
        _depth--;
        return new JinjaIndex(at, target, parts.Count == 1 ? parts[0] : new JinjaList(at, parts));
    }

    private JinjaNode Subscript()
    {
        int at = tokens.Current.At;
        JinjaNode? Part() => tokens.Current.Is(":") || tokens.Current.Is("]") || tokens.Current.Is(",") ? null : Choice();
        var start = Part();
        if (!tokens.Accept(":"))
            return start ?? throw new JinjaFault(at, "an index was expected here");
        var stop = Part();
        return new JinjaSlice(at, start, stop, tokens.Accept(":") ? Part() : null);
    }

    private List<JinjaArgument> Arguments()
    {
        Enter();
        tokens.Take("(");
        var arguments = new List<JinjaArgument>();
        while (!tokens.Accept(")"))
        {
            string? name = null;
            if (tokens.Accept("*") || tokens.Accept("**"))
                name = null;
            else if (tokens.Current.Kind == JinjaKind.Name && tokens.Following.Is("="))
                (name, _) = (tokens.Take().Text, tokens.Take());
            arguments.Add(new JinjaArgument(name, Choice()));
            Link();
            if (!tokens.Current.Is(")"))
                tokens.Take(",");
        }

        _depth--;
        return arguments;
    }

    private JinjaBinary Binary(string op, JinjaNode left, JinjaNode right)
    {
        Link();
        return new JinjaBinary(left.At, op, left, right);
    }

    private void Enter()
    {
        if (++_depth > MostDepth)
            throw new JinjaFault(tokens.Current.At, "brackets lie too deep within brackets");
    }

    private void Link()
    {
        if (++_links > MostLinks)
            throw new JinjaFault(tokens.Current.At, "an expression is too long");
    }
}
