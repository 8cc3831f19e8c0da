using Canary.Findings;

namespace Canary.Scanning;

/// <summary>Something that a scan has to say of one place in the tree.</summary>
/// <param name="Identity">Stable across runs: a purl, or the file.</param>
/// <param name="Type">The contract's word for the subject: package, config.</param>
/// <param name="Line">From 1; 0 for the file as a whole.</param>
/// <param name="Why">One sentence.</param>
/// <param name="Do">What to do now, in order; may be empty.</param>
internal sealed record ScanFinding(RuleFacts Rule, string Type, string Identity, string File, int Line, string Why, IReadOnlyList<string> Do)
{
    public IReadOnlyList<MatchedField> Matched { get; init; } = [];
}
