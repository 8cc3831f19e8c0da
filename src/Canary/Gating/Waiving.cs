namespace Canary.Gating;

/// <summary>Who answers for a finding, why, until which day, and where that is written.</summary>
internal sealed record Waiving(string Owner, string Reason, DateOnly Until, string Place);
