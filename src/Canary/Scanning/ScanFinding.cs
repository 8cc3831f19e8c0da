using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Canary.Findings;
using Canary.Gating;
using Canary.ModelFiles;

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

    /// <summary>Someone answers for it; null where nobody does.</summary>
    public Waiving? Waived { get; init; }

    /// <summary>The base or the baseline has it, too.</summary>
    public bool Existing { get; init; }

    /// <summary>May fail the scan.</summary>
    public bool Counts => Waived is null && !Existing;

    /// <summary>It says that something could not be read, or asked.</summary>
    public bool IsUnread => Rule == ScanReport.Unread || Rule == RuleFindings.Unread || Rule == RegistryRules.Unanswered || Rule == ModelRules.Unread;

    /// <summary>The same for the same finding in another run, without the line: what moves down a file is the same.</summary>
    public string Fingerprint
    {
        get
        {
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Rule.Id}\0{Type}\0{Identity}\0{File}")));
            return Convert.ToHexStringLower(hash.AsSpan(0, 16));
        }
    }
}
