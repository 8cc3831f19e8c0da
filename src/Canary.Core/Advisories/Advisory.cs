namespace Canary.Advisories;

/// <summary>What is known against a package, or against some of its versions.</summary>
/// <param name="Ecosystem">OSV's name for it.</param>
/// <param name="Package">The name, normalised as its ecosystem compares names.</param>
/// <param name="Id">As its database calls it (MAL-…, GHSA-…, CVE-…); null where only lists name the package.</param>
/// <param name="Campaign">The attack that it belongs to, where that is known.</param>
/// <param name="Sources">Who says so, independently of each other: the more, the surer.</param>
public sealed record Advisory(string Ecosystem, string Package, string? Id, string? Campaign, IReadOnlyList<string> Sources)
{
    /// <summary>Other names of the same advisory.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Every version is bad: the package itself is hostile, or no version of it can be told good.</summary>
    public bool EveryVersion { get; init; }

    /// <summary>The lowest version above the one asked for that is said to be free of it; null where none is known.</summary>
    public string? FixedIn { get; init; }

    /// <summary>Hostile code put there on purpose, as opposed to a mistake of its author.</summary>
    public bool IsMalicious => Campaign is not null || Id is null || Id.StartsWith("MAL-", StringComparison.Ordinal) || Aliases.Any(a => a.StartsWith("MAL-", StringComparison.Ordinal));

    /// <summary>One sentence. Campaign and names are of other people's making: print them as hostile text.</summary>
    public string Why =>
        (IsMalicious ? EveryVersion ? "every version is malicious" : "this version is malicious" : "this version is vulnerable")
        + (Campaign is null ? "" : $" ({Campaign})")
        + (Id is null ? "" : $", {Id}")
        + $", according to {Sources.Count} source{(Sources.Count == 1 ? "" : "s")}: {string.Join(", ", Sources)}"
        + (FixedIn is null ? "" : $"; fixed in {FixedIn}");
}

/// <summary>A file that an attack is known to leave behind, known by its content.</summary>
/// <param name="File">The name under which it was seen.</param>
public sealed record KnownPayload(string Campaign, string File);

/// <summary>Where an index has its knowledge from; kept so that its authors stay named.</summary>
/// <param name="Origin">An URL, or the file it was built from.</param>
/// <param name="Statements">How many statements about packages and payloads were taken from it.</param>
public sealed record AdvisorySource(string Name, string Origin, string Licence, int Statements);
