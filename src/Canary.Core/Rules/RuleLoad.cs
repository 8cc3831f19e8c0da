using Canary.Yaml;

namespace Canary.Rules;

/// <summary>What came of loading rules: those that stand, and every fault of those that do not.</summary>
/// <param name="Files">Files read.</param>
/// <param name="Documents">Documents in them.</param>
/// <param name="Refused">Documents with a fault of their author's.</param>
/// <param name="Unsupported">Documents that are sound and ask for what this Canary cannot do.</param>
public sealed record RuleLoad(RuleBook Book, IReadOnlyList<Diagnostic> Errors, int Files, int Documents, int Refused, int Unsupported)
{
    /// <summary>True when some fault is an author's: the exit code 2 of `rules check`.</summary>
    public bool HasFaults => Refused > 0 || Errors.Any(e => !e.Unsupported);
}
