using Canary.Findings;

namespace Canary.Rules;

/// <summary>What canary.yml has to say of rules.</summary>
public sealed record RuleOptions
{
    public static readonly RuleOptions Default = new();

    /// <summary>Values for the names that rules write as <c>%name%</c> under the modifier <c>expand</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Placeholders { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Ids, slugs or names of rules that are not to alert. They still serve sequences that name them.</summary>
    public IReadOnlySet<string> Disabled { get; init; } = new HashSet<string>();

    /// <summary>The events come from a log that another sensor wrote: it may have fields of Sigma's taxonomy that none of ours fills.</summary>
    public bool ForRecordedEvents { get; init; }

    internal bool Disables(RuleFacts facts, string? name) =>
        Disabled.Contains(facts.Id) || Disabled.Contains(facts.Slug) || (name is not null && Disabled.Contains(name));
}
