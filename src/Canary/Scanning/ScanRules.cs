using Canary.Rules;

namespace Canary.Scanning;

/// <summary>The rules of a scan. Nine in ten are about files; where a tree has none to search they are not read at all.</summary>
internal sealed class ScanRules(Task<RuleBook> packages, Lazy<RuleBook> all)
{
    /// <summary>Of one book, for everything.</summary>
    public static ScanRules Of(RuleBook book) => new(Task.FromResult(book), new Lazy<RuleBook>(book));

    /// <summary>Those about packages that files name: read while the tree is walked.</summary>
    public RuleBook Packages => packages.GetAwaiter().GetResult();

    /// <summary>All that are about packages, files and configurations.</summary>
    public RuleBook All => all.Value;
}
