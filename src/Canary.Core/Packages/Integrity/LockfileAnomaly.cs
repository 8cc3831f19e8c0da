namespace Canary.Packages.Integrity;

/// <summary>Something about the line of a lockfile that no package manager writes there by itself.</summary>
/// <param name="Why">One sentence; of an URL no more than its host is in it.</param>
public sealed record LockfileAnomaly(PackageEntry Package, AnomalyKind Kind, string Why);

/// <summary>What is wrong with the line. Rules name it by <see cref="AnomalyWords.Of"/>.</summary>
public enum AnomalyKind : byte
{
    /// <summary>It comes from a host that is no registry of its ecosystem, unlike what stands around it.</summary>
    ForeignHost,

    /// <summary>Most of the file comes from one registry that nothing in the tree names. Reported once for a file.</summary>
    OtherRegistry,

    /// <summary>It comes from a well-known mirror. Reported once for a file.</summary>
    Mirror,

    /// <summary>It comes from an URL and not from a registry.</summary>
    DirectUrl,

    /// <summary>Anyone on the way can change what is downloaded: <c>http:</c>, <c>git:</c>, <c>ftp:</c>.</summary>
    Unprotected,

    /// <summary>No checksum, where the others of the same file have one.</summary>
    NoIntegrity,

    /// <summary>The checksum is of a kind for which others can make a file with the same.</summary>
    WeakIntegrity,

    /// <summary>The same version has another checksum elsewhere in the tree.</summary>
    DifferentIntegrity,

    /// <summary>The URL is that of another package.</summary>
    OtherName,

    /// <summary>The URL is that of another version.</summary>
    OtherVersion,

    /// <summary>From git, by a branch, a tag or the beginning of a commit: what it names can change.</summary>
    MovingGit,

    /// <summary>An archive that lies beside the project.</summary>
    LocalArchive,

    /// <summary>The URL holds a secret.</summary>
    Credentials,

    /// <summary>The host is an address, not a name.</summary>
    AddressHost,

    /// <summary>The host has letters of other scripts.</summary>
    DeceivingHost,

    /// <summary>The host serves what anyone puts there: pastes, gists, tunnels.</summary>
    DropHost,

    /// <summary>A private name that a public registry served.</summary>
    InternalName,
}

/// <summary>The words for anomalies in reports and rules.</summary>
public static class AnomalyWords
{
    public static string Of(AnomalyKind kind) => kind switch
    {
        AnomalyKind.ForeignHost => "foreign-host",
        AnomalyKind.OtherRegistry => "other-registry",
        AnomalyKind.Mirror => "mirror",
        AnomalyKind.DirectUrl => "direct-url",
        AnomalyKind.Unprotected => "unprotected",
        AnomalyKind.NoIntegrity => "no-integrity",
        AnomalyKind.WeakIntegrity => "weak-integrity",
        AnomalyKind.DifferentIntegrity => "different-integrity",
        AnomalyKind.OtherName => "other-name",
        AnomalyKind.OtherVersion => "other-version",
        AnomalyKind.MovingGit => "moving-git",
        AnomalyKind.LocalArchive => "local-archive",
        AnomalyKind.Credentials => "credentials",
        AnomalyKind.AddressHost => "address-host",
        AnomalyKind.DeceivingHost => "deceiving-host",
        AnomalyKind.DropHost => "drop-host",
        _ => "internal-name",
    };
}
