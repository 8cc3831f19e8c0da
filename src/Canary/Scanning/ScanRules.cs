using Canary.Rules;

namespace Canary.Scanning;

/// <summary>The rules of a scan. Nine in ten are about files; where a tree has none to search they are not read at all.</summary>
/// <param name="Packages">Those about packages that files name.</param>
internal sealed record ScanRules(RuleBook Packages, Lazy<RuleBook> Whole)
{
    /// <summary>Of one book, for everything.</summary>
    public static ScanRules Of(RuleBook book) => new(book, new Lazy<RuleBook>(book));

    /// <summary>All that are about packages, files and configurations.</summary>
    public RuleBook All => Whole.Value;
}
