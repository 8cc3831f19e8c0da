namespace Canary.Registries;

/// <summary>What a registry says of one version of one package, as a lockfile names it.</summary>
/// <param name="Package">Of the package as a whole.</param>
/// <param name="Version">Of the version; null where the entry names none.</param>
public sealed record RegistryFacts(PackageFacts Package, VersionFacts? Version)
{
    /// <summary>Nobody has a package of this name there.</summary>
    public bool IsMissingPackage => !Package.Exists;

    /// <summary>The package is there, this version is not.</summary>
    public bool IsMissingVersion => Package.Exists && Version is { Exists: false };

    public DateTimeOffset? Published => Version?.Published;
}

/// <summary>A package in a registry.</summary>
/// <param name="Asked">When the registry said so.</param>
/// <param name="Exists">False where the registry has nothing of this name.</param>
/// <param name="Versions">By normal version: those that were asked for, whether they are there or not.</param>
public sealed record PackageFacts(string Name, DateTimeOffset Asked, bool Exists, IReadOnlyDictionary<string, VersionFacts> Versions)
{
    /// <summary>When its oldest version was published, where the registry tells.</summary>
    public DateTimeOffset? FirstPublished { get; init; }

    /// <summary>The accounts that may publish it; empty where the registry does not tell.</summary>
    public IReadOnlyList<string> Owners { get; init; } = [];

    /// <summary>Who owned it when it was asked for earlier; empty where nothing changed, or nothing is remembered.</summary>
    public IReadOnlyList<string> OwnersBefore { get; init; } = [];

    /// <summary>When other owners than <see cref="OwnersBefore"/> were first seen.</summary>
    public DateTimeOffset? OwnersChanged { get; init; }
}

/// <summary>One version of a package in a registry.</summary>
/// <param name="Exists">False where the package has no such version.</param>
public sealed record VersionFacts(bool Exists)
{
    /// <summary>It was there once and is gone.</summary>
    public bool WasRemoved { get; init; }

    public DateTimeOffset? Published { get; init; }

    /// <summary>False where the registry hides it from searches; null where it has no such notion.</summary>
    public bool? Listed { get; init; }

    /// <summary>Why nobody should take it any more, in its author's words; null where nobody said so.</summary>
    public string? Deprecated { get; init; }

    /// <summary>What its author says to take in its place.</summary>
    public string? Alternate { get; init; }

    public IReadOnlyList<KnownVulnerability> Vulnerabilities { get; init; } = [];

    /// <summary>Whether the registry holds an attestation of where it was built; null where it has no such notion.</summary>
    public bool? HasProvenance { get; init; }

    /// <summary>A version from before this one has an attestation.</summary>
    public bool PriorHasProvenance { get; init; }

    /// <summary>The account that published it; null where the registry does not tell.</summary>
    public string? Publisher { get; init; }

    /// <summary>Published by an account that published none of the versions before, of which there are some.</summary>
    public bool IsFirstOfPublisher { get; init; }

    /// <summary>Published by a build that the registry knows, not by a person with a password.</summary>
    public bool IsTrustedPublisher { get; init; }

    public bool HasInstallScript { get; init; }
}

/// <param name="Advisory">Where to read of it.</param>
/// <param name="Severity">From 0 (low) to 3 (critical), as NuGet's registration has it.</param>
public sealed record KnownVulnerability(string Advisory, int Severity);
