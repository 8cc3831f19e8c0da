using Canary.Findings;

namespace Canary.Rules;

/// <summary>Runs the cases that rules carry, each in a world of its own with the whole book.</summary>
public sealed class RuleTrial(RuleBook book)
{
    // Any fixed moment will do: a rule's cases must mean the same every day.
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Null when the case came out as the rule says, else what happened instead.</summary>
    public string? Fault(Rule rule, RuleCase trial)
    {
        var engine = new RuleEngine(book);
        var findings = new List<Finding>();
        var time = Start;
        bool fired = false;
        foreach (var e in trial.Events)
        {
            time += e.After;
            engine.Evaluate(new RecordSubject(e.Source, e.Fields, time, e.Session), findings);
            // Not the findings: a building block has none, and is tested all the same.
            fired |= engine.Matched.Contains(rule);
        }

        return fired == trial.Fires ? null
            : trial.Fires ? "did not fire, and should" + (trial.Events.Count > 1 ? " by the last event" : "")
            : "fired, and should stay quiet";
    }
}
