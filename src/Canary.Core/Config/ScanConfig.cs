using Canary.Findings;
using Canary.Yaml;

namespace Canary.Config;

/// <summary>How <c>canary scan</c> and <c>canary gate</c> judge a tree: the section <c>scan:</c>.</summary>
/// <param name="Exclude">Paths that are not looked at, as globs; a scan says how many files each left out.</param>
/// <param name="FailOn">From this level on a finding fails the scan.</param>
/// <param name="Cooldown">A version younger than this is reported; zero for none.</param>
/// <param name="Internal">Globs of names that are private: never asked of a public registry.</param>
/// <param name="Registries">Hosts that packages may come from, by OSV's name of the ecosystem.</param>
/// <param name="WaiverMaxAge">No waiver may end later than this from now.</param>
public sealed record ScanConfig(
    IReadOnlyList<string> Exclude, Level FailOn, TimeSpan Cooldown, IReadOnlyList<string> Internal,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Registries, TimeSpan WaiverMaxAge, IReadOnlyList<Waiver> Waivers);

/// <summary>A finding that someone answers for, until a day.</summary>
/// <param name="Rule">Id or slug of the rule.</param>
/// <param name="Package">A name, or a purl without version; null where <paramref name="File"/> alone says what is meant.</param>
/// <param name="Versions">A range in the ecosystem's own words; null where there is no package.</param>
/// <param name="Registry">The host that the package must come from; null for any.</param>
/// <param name="File">A glob, from the directory of the canary.yml; null for any file.</param>
/// <param name="Expires">The last day, UTC, on which it holds.</param>
/// <param name="At">Where it is written.</param>
public sealed record Waiver(
    string Rule, string? Package, string? Versions, string? Registry, string? File, string Reason, string Owner, DateOnly Expires, YamlMap At)
{
    /// <summary>Where the value of a key is written; the whole where the key is not there.</summary>
    public YamlNode Place(string key) => At.Find(key) ?? At;
}
