using System.Runtime.Versioning;
using Canary.Events;
using Canary.Models.Gating;

namespace Canary.Sensors.Gating;

/// <summary>The immutable flag of a file by its path, for who takes seals off by hand.</summary>
[SupportedOSPlatform("linux")]
public static class FileSeal
{
    /// <summary>Device and inode; none where nothing is there.</summary>
    public static FileId Identity(string path) => PathFacts.Of(path, follow: true) is { } facts ? WatchedFiles.IdOf(facts) : default;

    /// <summary>Moves whenever the file is written, or another takes its place; null where nothing is there.</summary>
    public static FileStamp? Stamp(string path) => PathFacts.Of(path, follow: true)?.Stamp;

    /// <summary>As the kernel names it, without links; where nothing is, the full path.</summary>
    public static string RealPath(string path) => GatePlaces.RealPath(path);

    public static bool IsOn(string path) => PathFacts.Of(path, follow: true) is { Immutable: true };

    /// <summary>fs-verity holds its bytes, and cannot be taken off.</summary>
    public static bool IsForGood(string path) => PathFacts.Of(path, follow: true) is { Verity: true };

    /// <summary>Null when it is off now, else why not.</summary>
    public static string? TakeOff(string path) => GateSeals.Unseal(path);
}
