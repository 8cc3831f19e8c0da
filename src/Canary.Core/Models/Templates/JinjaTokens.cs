namespace Canary.Models.Templates;

/// <summary>The tokens of a template, with a place among them.</summary>
internal sealed class JinjaTokens(List<JinjaToken> tokens)
{
    private int _next;

    public JinjaToken Current => tokens[_next];

    public JinjaToken Following => tokens[Math.Min(_next + 1, tokens.Count - 1)];

    public JinjaToken Take() => tokens[_next < tokens.Count - 1 ? _next++ : _next];

    public JinjaToken Take(JinjaKind kind) => Current.Kind == kind ? Take() : throw new JinjaFault(Current.At, $"{kind} was expected here");

    public void Take(string text)
    {
        if (!Accept(text))
            throw new JinjaFault(Current.At, $"{text} was expected here");
    }

    public bool Accept(string text)
    {
        if (!Current.Is(text))
            return false;
        Take();
        return true;
    }
}
