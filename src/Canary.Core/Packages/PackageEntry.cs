namespace Canary.Packages;

/// <summary>One package as one line of one file names it.</summary>
/// <param name="Ecosystem">OSV's name for it, see <see cref="Packages.Ecosystem"/>.</param>
/// <param name="Name">As the ecosystem writes it: with its scope or group, not normalised.</param>
/// <param name="Version">The exact version; null where the file only asks for a range.</param>
/// <param name="File">Relative to the root of the scan, with <c>/</c>.</param>
/// <param name="Line">From 1; 0 where the file has no lines.</param>
public sealed record PackageEntry(string Ecosystem, string Name, string? Version, string File, int Line)
{
    /// <summary>What the file asks for, where it says that besides or instead of a version.</summary>
    public string? Requested { get; init; }

    /// <summary>Asked for by the project itself; null where the file does not tell.</summary>
    public bool? Direct { get; init; }

    /// <summary>Only for development; null where the file does not tell.</summary>
    public bool? Dev { get; init; }

    public PackageOrigin Origin { get; init; }

    /// <summary>Where it was resolved to: an URL or a path, as written, credentials and all: redact before showing.</summary>
    public string? Resolved { get; init; }

    /// <summary>Checksum or subresource integrity, as written.</summary>
    public string? Integrity { get; init; }

    /// <summary>When it was published, where the lockfile tells.</summary>
    public DateTimeOffset? Published { get; init; }

    /// <summary>The name under which the project knows it, where that is another (npm's aliases).</summary>
    public string? Alias { get; init; }

    /// <summary>The package asks to run scripts when it is installed.</summary>
    public bool HasInstallScript { get; init; }

    public string Purl => Packages.Purl.Of(Ecosystem, Name, Version);
}

/// <summary>Where a package comes from.</summary>
public enum PackageOrigin : byte
{
    Registry,
    Git,
    Url,

    /// <summary>A file or directory beside the project, or a package of the workspace.</summary>
    Local,
}
