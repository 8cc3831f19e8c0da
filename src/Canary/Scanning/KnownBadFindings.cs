using System.Globalization;
using Canary.Advisories;
using Canary.Findings;
using Canary.Packages;

namespace Canary.Scanning;

/// <summary>Packages that the index knows something against, and an index that is old.</summary>
internal static class KnownBadFindings
{
    private static readonly RuleFacts Malicious = new(
        "0c9ad7f4-3c0e-4f7e-9f1c-6a8d2f3b5e10", "known_malicious_package", "A package that is known to be malicious", Level.Critical,
        ["attack.t1195.001", "attack.t1195.002"],
        "This version carries code that was put there to harm whoever installs it.", "Canary", [],
        ["A package of another registry with the same name and version"]);

    private static readonly RuleFacts Vulnerable = new(
        "7e5b0d61-52a4-4a7c-8d0e-1f6f4a9c2b77", "known_vulnerable_package", "A package with a known vulnerability", Level.Medium,
        ["attack.t1195.001"], "This version has a fault that others know how to use.", "Canary", [], []);

    private static readonly RuleFacts Old = new(
        "b1f0c2d8-9a45-4f36-8f0b-3d2e7a61c954", "old_package_index", "The index of known-bad packages is old", Level.Medium, [],
        "What was found since it was built is not known to this scan.", "Canary", [], []);

    // Some of the worms wipe the home directory when a token of theirs is revoked: first the watcher, then the tokens.
    public static readonly string[] WhatToDo =
    [
        "Install and run nothing from here. Where it was installed already: take the machine off the network.",
        "Before any token is revoked, remove services that watch for that (gh-token-monitor, kitty-monitor, and other units that nobody knows).",
        "Then rotate every credential that the machine could reach, and pin a version from before.",
    ];

    public static IEnumerable<ScanFinding> Of(Inventory inventory, KnownBad known, TimeProvider time)
    {
        foreach (var package in inventory.Packages)
        {
            foreach (var advisory in known.Find(package))
            {
                yield return new ScanFinding(
                    advisory.IsMalicious ? Malicious : Vulnerable, "package", package.Purl, package.File, package.Line, advisory.Why,
                    advisory.IsMalicious ? WhatToDo : advisory.FixedIn is { } version ? [$"Take version {version} or later."] : ["Take another package, or a version that is not named."])
                {
                    Matched = [new MatchedField("Package", $"{package.Name}@{package.Version}", advisory.Id ?? advisory.Campaign ?? advisory.Sources[0])],
                };
            }
        }

        if (known.Age(time) > KnownBad.OldAfter)
        {
            yield return new ScanFinding(
                Old, "config", "advisories.index", "", 0, string.Create(CultureInfo.InvariantCulture, $"built {known.Built:yyyy-MM-dd}, {known.Age(time).TotalDays:0} days ago"),
                ["canary db update FILE|URL takes a newer one."]);
        }
    }
}
