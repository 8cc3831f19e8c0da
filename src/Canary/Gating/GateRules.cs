using Canary.Findings;

namespace Canary.Gating;

/// <summary>What a gate has to say of itself: of waivers, and of a change to them.</summary>
internal static class GateRules
{
    public static readonly RuleFacts Expired = new(
        "e3a5f1c7-2b84-4d1e-9c60-7f0d8a4b5c21", "expired_waiver", "A waiver has ended", Level.Medium, [],
        "Whoever answered for a finding did so until a day that is over.", "Canary", [], []);

    public static readonly RuleFacts Unused = new(
        "4b7d20ce-8f13-4a96-b5d2-1c9e6a03f784", "unused_waiver", "A waiver waives nothing", Level.Low, [],
        "What it was written for is gone; left in place it would hide the next finding that it fits.", "Canary", [], []);

    public static readonly RuleFacts OfPackage = new(
        "9a1c64e2-57bd-4c08-8e3f-d20b7f915a46", "package_brings_waivers", "A package brings waivers", Level.Medium, ["attack.t1562.001"],
        "A canary.yml within a package folder is not the project's word; its waivers are not followed.", "Canary", [], []);

    public static readonly RuleFacts Edited = new(
        "c85e0d39-6a72-4f5b-a1d4-3e97b26c80f1", "edited_policy", "This change edits canary.yml", Level.Low, [],
        "A change is judged by the settings and waivers of its base, so that it cannot waive itself.", "Canary", [], []);
}
