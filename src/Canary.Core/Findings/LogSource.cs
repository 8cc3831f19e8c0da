namespace Canary.Findings;

/// <summary>Sigma's logsource: what kind of record a rule is about. Null means any (in a rule) or none (in a subject).</summary>
public readonly record struct LogSource(string? Product, string? Category, string? Service = null);
