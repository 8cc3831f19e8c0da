using Canary.Findings;

namespace Canary.Rules;

/// <summary>A test case that a rule carries: events, and whether the rule must fire on them.</summary>
public sealed record RuleCase(bool Fires, IReadOnlyList<RuleCaseEvent> Events, int Line);

/// <summary>One event of a case.</summary>
/// <param name="After">The time since the event before it.</param>
/// <param name="Source">The log source; the rule's own where the case does not say.</param>
public sealed record RuleCaseEvent(
    LogSource Source, IReadOnlyList<KeyValuePair<string, FieldValue>> Fields, TimeSpan After, string Session);
