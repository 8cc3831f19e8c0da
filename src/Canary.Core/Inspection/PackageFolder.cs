namespace Canary.Inspection;

/// <summary>A directory that holds one installed or unpacked package.</summary>
/// <param name="Ecosystem">OSV's name for it.</param>
/// <param name="Name">As its place says; null for the tree itself, which is no package of anybody's.</param>
/// <param name="Version">As its place says; null where that does not tell.</param>
/// <param name="Root">Relative to the root of the scan, with <c>/</c>; empty for that root itself.</param>
public sealed record PackageFolder(string? Ecosystem, string? Name, string? Version, string Root)
{
    /// <summary>What no package folder holds: the project's own files.</summary>
    public static readonly PackageFolder None = new(null, null, null, "");

    public bool IsPackage => Name is not null;

    public string? Purl => Ecosystem is null || Name is null ? null : Packages.Purl.Of(Ecosystem, Name, Version);

    /// <summary>The path below the folder of a path below the root of the scan.</summary>
    public string Within(string path) => Root.Length == 0 ? path : path[(Root.Length + 1)..];
}
