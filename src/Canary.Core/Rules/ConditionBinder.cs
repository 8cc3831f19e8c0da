using Canary.Text;

namespace Canary.Rules;

/// <summary>Binds the names of a condition to the selections of its rule. What names nothing is an error, never "false".</summary>
internal sealed class ConditionBinder(IReadOnlyDictionary<string, Selection> selections)
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>The selections that some condition named.</summary>
    public IReadOnlySet<string> Used => _used;

    public Condition Bind(ConditionSyntax syntax)
    {
        switch (syntax)
        {
            case ConditionSyntax.Or or:
                return new AnyOf([.. or.Parts.Select(Bind)]);
            case ConditionSyntax.And and:
                return new AllOf([.. and.Parts.Select(Bind)]);
            case ConditionSyntax.Negation not:
                return new Not(Bind(not.Part));
            case ConditionSyntax.Of of:
                var chosen = Matching(of);
                return chosen.Length == 1 ? chosen[0] : of.All ? new AllOf(chosen) : new AnyOf(chosen);
            default:
                var name = (ConditionSyntax.Name)syntax;
                if (!selections.TryGetValue(name.Word, out var selection))
                {
                    string suggestion = Nearest.Suggestion(name.Word, selections.Keys);
                    throw new ConditionFault(name.Offset, $"no selection is called '{name.Word}'{suggestion}");
                }

                _used.Add(name.Word);
                return selection;
        }
    }

    private Condition[] Matching(ConditionSyntax.Of of)
    {
        var chosen = new List<Condition>();
        var glob = new Glob(SigmaText.Parse(of.Pattern), cased: true);
        foreach (var (name, selection) in selections)
        {
            // A leading underscore hides a selection from patterns that do not ask for it.
            bool hidden = name.StartsWith('_') && !of.Pattern.StartsWith('_');
            if (!hidden && (of.Pattern.Equals("them", StringComparison.OrdinalIgnoreCase) || glob.Matches(name)))
            {
                chosen.Add(selection);
                _used.Add(name);
            }
        }

        if (chosen.Count > 0)
            return [.. chosen];
        string suggestion = of.Pattern.Contains('*') ? "" : Nearest.Suggestion(of.Pattern, selections.Keys);
        throw new ConditionFault(of.Offset, $"no selection matches '{of.Pattern}'{suggestion}");
    }
}
