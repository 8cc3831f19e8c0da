using Canary.Findings;

namespace Canary.Rules;

/// <summary>A rule that was loaded: what it says of itself, and its conditions in typed form.</summary>
public sealed class Rule
{
    internal Rule(RuleFacts facts, LogSource source, Condition condition)
    {
        Facts = facts;
        Source = source;
        Condition = condition;
    }

    public RuleFacts Facts { get; }

    /// <summary>Sigma's <c>name</c>, by which correlations may refer to it.</summary>
    public string? Name { get; init; }

    /// <summary>What it applies to; null parts stand for any.</summary>
    public LogSource Source { get; }

    /// <summary>stable, test, experimental, deprecated, unsupported.</summary>
    public string? Status { get; init; }

    /// <summary>The file it came from, and the line of its document.</summary>
    public string Path { get; init; } = "";

    public int Line { get; init; }

    public bool BuiltIn { get; init; }

    /// <summary>Never alerts itself; serves <c>near</c> and correlations.</summary>
    public bool IsBuildingBlock { get; init; }

    /// <summary>Switched off by the configuration: as a building block.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>The fields that make the identity of a finding, where the subject's own will not do.</summary>
    public IReadOnlyList<Field> Identity { get; init; } = [];

    /// <summary>The rule's own test cases.</summary>
    public IReadOnlyList<RuleCase> Cases { get; init; } = [];

    /// <summary>Part of a correlation that does not let its parts alert.</summary>
    public bool IsCorrelated { get; internal set; }

    /// <summary>Matches without alerting.</summary>
    public bool IsSilent => IsBuildingBlock || IsDisabled || IsCorrelated;

    internal Condition Condition { get; set; }

    internal IReadOnlyList<Selection> Selections { get; init; } = [];

    internal Near? Near { get; set; }

    internal Correlation? Correlation { get; set; }

    public override string ToString() => Facts.Slug;
}
