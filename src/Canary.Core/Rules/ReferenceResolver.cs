using Canary.Findings;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Rules;

/// <summary>Turns the names by which sequences and correlations refer to rules into the rules. What refers to nothing is refused.</summary>
internal sealed class ReferenceResolver
{
    private readonly List<RuleDraft> _drafts;
    private readonly Diagnostics _faults;
    private readonly Dictionary<string, Rule> _byReference = new(StringComparer.OrdinalIgnoreCase);

    public ReferenceResolver(List<RuleDraft> drafts, Diagnostics faults)
    {
        _drafts = drafts;
        _faults = faults;
        foreach (var rule in drafts.Select(d => d.Rule))
        {
            _byReference.TryAdd(rule.Facts.Id, rule);
            _byReference.TryAdd(rule.Facts.Slug, rule);
            if (rule.Name is { } name)
                _byReference.TryAdd(name, rule);
        }
    }

    public IReadOnlyDictionary<string, Rule> ByReference => _byReference;

    /// <summary>How many drafts were refused, and taken out of the list.</summary>
    public int Refused { get; private set; }

    public void Resolve()
    {
        // What refers waits for what it refers to; what is left over goes round in a circle.
        var open = _drafts.Where(d => d.References.Count > 0).ToDictionary(d => d.Rule);
        bool progress = true;
        while (open.Count > 0 && progress)
        {
            progress = false;
            foreach (var draft in open.Values.ToArray())
            {
                if (draft.References.Any(name => _byReference.TryGetValue(name.Text, out var rule) && open.ContainsKey(rule)))
                    continue;
                open.Remove(draft.Rule);
                progress = true;
                if (draft.Near is not null)
                    Resolve(draft, draft.Near);
                else
                    Resolve(draft, draft.Correlation!);
            }
        }

        foreach (var draft in open.Values)
            Refuse(draft, draft.Near?.At ?? draft.Correlation!.At, "the rules that this one refers to wait for each other in a circle");
        foreach (var rule in _drafts.Select(d => d.Rule))
        {
            foreach (var part in rule.Correlation is { Generates: false } correlation ? correlation.Rules : [])
                part.IsCorrelated = true;
        }

        foreach (var part in _drafts.SelectMany(d => d.Rule.Correlation is { Generates: true } c ? c.Rules : []))
            part.IsCorrelated = false;
    }

    private void Resolve(RuleDraft draft, NearDraft near)
    {
        if (RulesOf(draft, near.After) is not { } after)
            return;
        for (int i = 0; i < after.Length; i++)
        {
            if (!near.Ordered && Array.IndexOf(after, after[i]) < i)
            {
                Refuse(draft, near.After[i], "the same rule twice needs 'ordered: true'");
                return;
            }
        }

        draft.Rule.Near = new Near(near.Within, near.Ordered, near.InSession, after);
    }

    private void Resolve(RuleDraft draft, CorrelationDraft body)
    {
        if (RulesOf(draft, body.Rules) is not { } rules)
            return;
        int before = _faults.Count;
        var groupBy = FieldsOf(body.GroupBy, body, rules);
        var values = FieldsOf(body.Fields, body, rules);
        string signature = string.Join('\n', rules.Select(r => r.Facts.Id)
            .Concat([$"{body.Type} {body.Timespan} {body.Percentile} {body.Occurred?.Print()}"])
            .Concat(body.Bounds.Select(b => b.ToString())).Concat(groupBy.Concat(values).SelectMany(f => f).Select(f => f.Name)));
        var correlation = new Correlation
        {
            Type = body.Type,
            Rules = rules,
            Timespan = body.Timespan,
            GroupBy = groupBy,
            Values = values,
            Bounds = body.Bounds,
            Occurred = body.Occurred,
            Percentile = body.Percentile,
            Generates = body.Generates,
            Signature = signature,
        };
        if (body.Occurred is not null)
            CheckNames(body.Occurred, body.OccurredAt!, correlation);
        if (_faults.Count > before)
            Drop(draft);
        else
            draft.Rule.Correlation = correlation;
    }

    private void CheckNames(ConditionSyntax syntax, YamlScalar at, Correlation correlation)
    {
        foreach (var name in syntax.Names())
        {
            if (correlation.IndexOf(name.Word) < 0)
                _faults.Add(at, $"'{name.Word}' is not one of this correlation's rules{Nearest.Suggestion(name.Word, correlation.Rules.Select(r => r.Name ?? r.Facts.Slug))}");
        }
    }

    /// <summary>The fields by rule, where a name may be an alias that stands for another field in each rule.</summary>
    private Field[][] FieldsOf(IReadOnlyList<YamlScalar> names, CorrelationDraft body, Rule[] rules)
    {
        var fields = new Field[rules.Length][];
        for (int i = 0; i < rules.Length; i++)
            fields[i] = [.. names.Select(name => FieldOf(name, body, rules[i], body.Rules[i])).OfType<Field>()];
        return fields;
    }

    private Field? FieldOf(YamlScalar name, CorrelationDraft body, Rule rule, YamlScalar reference)
    {
        string field = name.Text;
        if (body.Aliases.TryGetValue(field, out var alias))
        {
            var target = (alias.Find(reference.Text) ?? alias.Find(rule.Facts.Id) ?? alias.Find(rule.Facts.Slug) ?? (rule.Name is { } n ? alias.Find(n) : null)) as YamlScalar;
            if (target is null)
            {
                _faults.Add(alias, $"the alias '{Printable.Line(field, 60)}' does not say which field it is in '{Printable.Line(reference.Text, 60)}'");
                return null;
            }

            field = target.Text;
        }

        // A correlation of correlations sees the events of the rules far below, whatever their source.
        if (rule.Correlation is null && Taxonomy.StandingOf(rule.Source, field) != FieldStanding.Known)
            _faults.Add(name, $"unknown field '{Printable.Line(field, 60)}'{Nearest.Suggestion(field, Field.All)}");
        return Field.Named(field);
    }

    private Rule[]? RulesOf(RuleDraft draft, IReadOnlyList<YamlScalar> names)
    {
        var rules = new Rule[names.Count];
        for (int i = 0; i < rules.Length; i++)
        {
            if (_byReference.TryGetValue(names[i].Text, out var rule))
            {
                rules[i] = rule;
                continue;
            }

            string suggestion = Nearest.Suggestion(names[i].Text, _byReference.Keys);
            Refuse(draft, names[i], $"no rule that stands is called '{Printable.Line(names[i].Text, 80)}'{suggestion}");
            return null;
        }

        return rules;
    }

    private void Refuse(RuleDraft draft, YamlNode at, string message)
    {
        _faults.Add(at, message);
        Drop(draft);
    }

    private void Drop(RuleDraft draft)
    {
        Refused++;
        _drafts.Remove(draft);
        foreach (string key in _byReference.Where(p => p.Value == draft.Rule).Select(p => p.Key).ToArray())
            _byReference.Remove(key);
    }
}
