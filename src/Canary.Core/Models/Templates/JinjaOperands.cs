using System.Globalization;

namespace Canary.Models.Templates;

// What expressions are made of: names, constants, lists, dictionaries.
internal sealed partial class JinjaExpressions
{
    private JinjaNode Primary()
    {
        var token = tokens.Take();
        switch (token.Kind)
        {
            case JinjaKind.Name:
                return Named(token);
            case JinjaKind.String:
                return Strings(token);
            case JinjaKind.Integer:
                return Integer(token);
            case JinjaKind.Float:
                return new JinjaConstant(token.At, double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN);
            case JinjaKind.Operator when token.Text is "(" or "[" or "{":
                Enter();
                JinjaNode node = token.Text switch { "(" => Bracketed(token.At), "[" => new JinjaList(token.At, Entries("]")), _ => Dictionary(token.At) };
                _depth--;
                return node;
            default:
                throw new JinjaFault(token.At, "an expression was expected here");
        }
    }

    private JinjaNode Named(JinjaToken token)
    {
        if (token.Text is "true" or "True")
            return new JinjaConstant(token.At, true);
        if (token.Text is "false" or "False")
            return new JinjaConstant(token.At, false);
        if (token.Text is "none" or "None")
            return new JinjaConstant(token.At, null);
        JinjaNode node = new JinjaName(token.At, token.Text);
        // The target of an assignment is read by this alone: «ns.found».
        return tokens.Current.Is(".") && tokens.Following.Kind == JinjaKind.Name ? Postfix(node) : node;
    }

    private JinjaConstant Strings(JinjaToken first)
    {
        var (text, obscured) = (first.Text, first.Obscured);
        while (tokens.Current.Kind == JinjaKind.String)
        {
            Link();
            obscured |= tokens.Current.Obscured;
            text += tokens.Take().Text;
        }

        return new JinjaConstant(first.At, text, obscured);
    }

    private static JinjaConstant Integer(JinjaToken token) => new(token.At, Number(token));

    // Anything larger than can be counted is as good as the largest.
    private static object Number(JinjaToken token)
    {
        string text = token.Text;
        int radix = text.Length > 2 && text[0] == '0' ? char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 } : 10;
        var fault = new JinjaFault(token.At, "a number was expected here");
        if (radix == 10)
        {
            if (text.All(char.IsAsciiDigit))
                return long.TryParse(text, CultureInfo.InvariantCulture, out long whole) ? whole : long.MaxValue;
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw fault;
        }

        UInt128 sum = 0;
        foreach (char digit in text.AsSpan(2))
        {
            int value = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : throw fault;
            sum = UInt128.Min(long.MaxValue, sum * (uint)radix + (uint)value);
        }

        return (long)sum;
    }

    private JinjaNode Bracketed(int at)
    {
        if (tokens.Accept(")"))
            return new JinjaList(at, []);
        var node = Tuple(Choice);
        tokens.Take(")");
        return node;
    }

    private List<JinjaNode> Entries(string end)
    {
        var entries = new List<JinjaNode>();
        while (!tokens.Accept(end))
        {
            entries.Add(Choice());
            if (!tokens.Current.Is(end))
                tokens.Take(",");
        }

        return entries;
    }

    private JinjaDictionary Dictionary(int at)
    {
        var entries = new List<(JinjaNode, JinjaNode)>();
        while (!tokens.Accept("}"))
        {
            var key = Choice();
            tokens.Take(":");
            entries.Add((key, Choice()));
            if (!tokens.Current.Is("}"))
                tokens.Take(",");
        }

        return new JinjaDictionary(at, entries);
    }
}
