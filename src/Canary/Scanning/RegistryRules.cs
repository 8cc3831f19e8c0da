using Canary.Findings;

namespace Canary.Scanning;

/// <summary>The rules by which what a registry says is a finding.</summary>
internal static class RegistryRules
{
    private static readonly string[] SupplyChain = ["attack.t1195.001", "attack.t1195.002"];

    public static readonly RuleFacts TooNew = Rule(
        "2439830d-451b-4f55-ad0f-efdb49359bfe", "too_new_package", "A version that is only days old", Level.Medium,
        "Most poisoned versions are found by others within days. Who takes them on the first day is who finds them out.", "An update that is awaited: a fix of a fault that is being used");

    public static readonly RuleFacts NewerThanPolicy = Rule(
        "e38dd69b-2b69-4316-b4c4-0b00df819f22", "package_newer_than_policy", "A version that is younger than the project allows", Level.High,
        "The project's own settings keep such versions out; a lockfile that has one was made past them.", "A lockfile made before the setting was");

    public static readonly RuleFacts Nonexistent = Rule(
        "0a0b966f-4148-40e3-bf42-a996b7479641", "nonexistent_package", "A package that the registry does not have", Level.High,
        "Models invent names of packages, and others register what is often invented. Whoever takes this name next is run here. A version that is gone was often taken away because it was malicious.",
        "A package of another registry that the settings do not name");

    public static readonly RuleFacts Unlisted = Rule(
        "3b801205-706d-4904-b803-ee42ea705c63", "unlisted_package", "A version that its owner has hidden", Level.Low,
        "On NuGet what is unlisted cannot be found and can still be restored: owners hide what went wrong, and some hide what nobody is to look at.", "An old version that was hidden when a newer one came");

    public static readonly RuleFacts Deprecated = Rule(
        "6df8424d-8b60-49f4-9cbd-f603b31d50fc", "deprecated_package", "A version that its author has given up", Level.Informational, "Nobody mends it any more.", null);

    public static readonly RuleFacts Vulnerable = Rule(
        "abb03b31-bb5d-43ef-8bac-bb1910c549bb", "registry_vulnerable_package", "A version that the registry knows to be vulnerable", Level.Medium, "This version has a fault that others know how to use.", null);

    public static readonly RuleFacts ProvenanceDowngrade = Rule(
        "5449239d-42f4-485f-ae46-f3b86c674c66", "provenance_downgrade", "A version without the attestation that earlier ones have", Level.Medium,
        "Earlier versions carry proof of the build that made them, and this one does not: whoever published it may not have the build, only a token.", "A release made by hand");

    public static readonly RuleFacts PublisherChanged = Rule(
        "e0286d07-ce09-498a-8def-049522b2de40", "publisher_changed", "A version from somebody who never published this package before", Level.Medium,
        "An account that is new to a package is how a handed-over or stolen name begins.", "A new maintainer");

    public static readonly RuleFacts Unanswered = Rule(
        "d1ab5ab4-6bd4-4d75-9c7e-5b7c142b9aa6", "registry_unanswered", "A registry was to be asked and gave no answer", Level.Medium, "What nobody answered for was not checked.", null, []);

    public static readonly RuleFacts Withheld = Rule(
        "68804cd2-ef2e-47e6-bb00-2b236db33bf8", "registry_not_asked", "Packages that no registry was asked for", Level.Informational,
        "Without the network, of names that may be private, and of registries that Canary does not know, nothing was learnt.", null, []);

    private static RuleFacts Rule(string id, string slug, string title, Level level, string why, string? benign, string[]? tags = null) =>
        new(id, slug, title, level, tags ?? SupplyChain, why, "Canary", [], benign is null ? [] : [benign]);
}
