namespace Canary.Findings;

/// <summary>A rule that held for a subject.</summary>
/// <param name="Evidence">Earlier subjects that a sequence or correlation joined to this one, oldest first.</param>
public sealed record Finding(RuleFacts Rule, Subject Subject, IReadOnlyList<MatchedField> Matched, IReadOnlyList<Subject> Evidence)
{
    /// <summary>Given where the rule says itself which fields make the identity; else the subject's own counts.</summary>
    public string? Identity { get; init; }

    /// <summary>What two sightings of the same thing share.</summary>
    public FindingKey Key => new(Rule.Id, Subject.Agent?.Session ?? Subject.Group ?? "", Identity ?? Subject.Identity);
}

/// <summary>What an alert says of a rule.</summary>
/// <param name="Id">The rule's UUID.</param>
/// <param name="Slug">Its file name without extension.</param>
/// <param name="Why">The rule's description: one or two sentences for the reader of an alert.</param>
public sealed record RuleFacts(
    string Id, string Slug, string Title, Level Level, IReadOnlyList<string> Tags, string? Why, string? Author,
    IReadOnlyList<string> References, IReadOnlyList<string> FalsePositives);

/// <summary>One field value that decided a match.</summary>
/// <param name="By">The selection of the rule that it satisfied.</param>
public sealed record MatchedField(string Field, string Value, string By)
{
    /// <summary>Where in the field's text the match begins, in characters; null where the whole value is what matched.</summary>
    public int? At { get; init; }
}

public readonly record struct FindingKey(string RuleId, string Group, string Identity);
