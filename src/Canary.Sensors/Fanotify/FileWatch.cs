namespace Canary.Sensors.Fanotify;

/// <summary>
/// Where the file sensor looks, and within which bounds. In a path <c>~</c> stands for every home directory of the machine and <c>*</c>
/// for any part of one path component.
/// </summary>
public sealed record FileWatch
{
    /// <summary>Credentials, and what an agent keeps: opens and changes are reported.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>Places of persistence: changes only, for they are read too often to report that.</summary>
    public required IReadOnlyList<string> Changes { get; init; }

    /// <summary>Names that are only reported as they come and go, with nothing paid per open or write.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Device files whose opens are reported.</summary>
    public required IReadOnlyList<string> Devices { get; init; }

    /// <summary>File names (with <c>*</c>) whose opens are reported inside a watched tree.</summary>
    public IReadOnlyList<string> SecretNames { get; init; } = [];

    /// <summary>Paths of a tree, relative to any directory of it, that are not watched.</summary>
    public IReadOnlyList<string> SkippedInTrees { get; init; } = [".git/objects", ".git/lfs", ".cache"];

    /// <summary>Directories of packages, watched <see cref="ShallowDepth"/> levels deep.</summary>
    public IReadOnlyList<string> ShallowInTrees { get; init; } = ["node_modules", "site-packages", ".venv", "venv", "target", "vendor", "extensions"];

    public int ShallowDepth { get; init; } = 2;
    public int TreeDirectories { get; init; } = 4096;
    public int TreeDepth { get; init; } = 32;
    public int SensitiveDirectories { get; init; } = 2048;
    public int SensitiveDepth { get; init; } = 8;

    /// <summary>Secret files marked on their own (so that a hard link elsewhere is seen), for each tree or sensitive directory.</summary>
    public int MarkedFiles { get; init; } = 512;

    /// <summary>The lists of <see cref="SensitivePaths"/>.</summary>
    public static FileWatch Default { get; } = new()
    {
        Secrets = [.. SensitivePaths.Credentials, .. SensitivePaths.Agents],
        Changes = SensitivePaths.Persistence,
        Names = SensitivePaths.Temporary,
        Devices = SensitivePaths.Devices,
        SecretNames = SensitivePaths.SecretNames,
    };
}
