namespace Canary.Rules;

/// <summary>A condition as parsed, before names are bound to selections.</summary>
internal abstract record ConditionSyntax(int Offset)
{
    internal sealed record Or(IReadOnlyList<ConditionSyntax> Parts, int Offset) : ConditionSyntax(Offset);

    internal sealed record And(IReadOnlyList<ConditionSyntax> Parts, int Offset) : ConditionSyntax(Offset);

    internal sealed record Negation(ConditionSyntax Part, int Offset) : ConditionSyntax(Offset);

    internal sealed record Name(string Word, int Offset) : ConditionSyntax(Offset);

    /// <summary><c>1 of x*</c>, <c>all of them</c>.</summary>
    internal sealed record Of(bool All, string Pattern, int Offset) : ConditionSyntax(Offset);

    /// <summary>Every name in it.</summary>
    public IEnumerable<Name> Names() => this switch
    {
        Or or => or.Parts.SelectMany(p => p.Names()),
        And and => and.Parts.SelectMany(p => p.Names()),
        Negation not => not.Part.Names(),
        Name name => [name],
        _ => [],
    };

    /// <summary>Back to text, with the fewest parentheses.</summary>
    public string Print() => Print(0);

    private string Print(int outer)
    {
        var (text, own) = this switch
        {
            Or or => (string.Join(" or ", or.Parts.Select(p => p.Print(2))), 1),
            And and => (string.Join(" and ", and.Parts.Select(p => p.Print(3))), 2),
            Negation not => ("not " + not.Part.Print(3), 3),
            Of of => ((of.All ? "all of " : "1 of ") + of.Pattern, 4),
            _ => (((Name)this).Word, 4),
        };
        return own < outer ? $"({text})" : text;
    }
}
