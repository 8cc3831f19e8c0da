using Canary.Findings;
using Canary.Packages;
using Canary.Packages.Sources;

namespace Canary.Scanning;

/// <summary>What settings files let packages come from.</summary>
internal static class SourceFindings
{
    private static readonly RuleFacts Confusion = Rule(
        "0d1f3a52-6a4b-4c83-9e0e-6f1b7d5a9c21", "source_confusion", "A public and a private source answer for the same names", Level.Medium, "attack.t1195.001",
        "Whoever publishes the name of a private package in public may be the one whose code is installed.");

    private static readonly RuleFacts Inherited = Rule(
        "5b0c7e2f-93d8-4f1a-8f5d-2a6e4c1b7d33", "source_inherited", "Sources of the machine are used, too", Level.Low, "attack.t1195.001",
        "What is installed depends on settings that are not in the tree.");

    private static readonly RuleFacts Unprotected = Rule(
        "a4f2c9d1-7e36-4b0a-b3c5-8d9e1f2a6b47", "source_unprotected", "Packages come by a way that anyone can change", Level.Medium, "attack.t1557",
        "Whoever is on the way decides what is installed.");

    private static readonly RuleFacts Unverified = Rule(
        "c83e5d60-2b1f-4d7c-9a8e-0f4b6c7d1e55", "source_unverified", "Signatures or checksums of packages are not asked for", Level.Low, "attack.t1195.002",
        "What was changed after it was published is taken all the same.");

    private static readonly RuleFacts Secret = Rule(
        "e1b7a3c4-5d92-4f68-8c0b-7a6d5e4f3b69", "source_plain_secret", "A secret of a registry stands in a settings file", Level.Medium, "attack.t1552.001",
        "Everybody who has the file has it, and worms look there first.");

    private static readonly RuleFacts Runs = Rule(
        "f6d0e8b2-4c17-4a39-97d4-1b5a8c3e2f71", "source_runs_program", "Settings of a package manager run what the tree brings", Level.High, "attack.t1195.001",
        "It runs with the first installation, scripts turned off or not.");

    public static IEnumerable<ScanFinding> Of(Inventory inventory) => inventory.SourceFaults.Select(fault =>
        new ScanFinding(Of(fault.Kind), "config", fault.File, fault.File, fault.Line, fault.Why, [fault.Do]));

    private static RuleFacts Of(SourceFaultKind kind) => kind switch
    {
        SourceFaultKind.Confusion => Confusion,
        SourceFaultKind.InheritedSources => Inherited,
        SourceFaultKind.Unprotected => Unprotected,
        SourceFaultKind.Unverified => Unverified,
        SourceFaultKind.PlainSecret => Secret,
        _ => Runs,
    };

    private static RuleFacts Rule(string id, string slug, string title, Level level, string tag, string why) => new(id, slug, title, level, [tag], why, "Canary", [], []);
}
