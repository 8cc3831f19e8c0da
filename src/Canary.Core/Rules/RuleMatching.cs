namespace Canary.Rules;

/// <summary>How an engine finds the rules that hold.</summary>
public enum RuleMatching
{
    /// <summary>By the index.</summary>
    Indexed,

    /// <summary>Every rule for every event: slow, and too simple to be wrong.</summary>
    FullScan,

    /// <summary>Both; the full scan's word counts, and a difference is counted.</summary>
    Verified,
}
