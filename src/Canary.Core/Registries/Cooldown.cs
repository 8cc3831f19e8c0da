using System.IO.Enumeration;
using Canary.Packages;

namespace Canary.Registries;

/// <summary>How old a version is, and how old it has to be. Most poisoned versions are found by others, within days.</summary>
public static class Cooldown
{
    /// <summary>Since when anyone can have looked at it; null where nobody tells. The registry's word goes before the lockfile's, which may be forged.</summary>
    public static TimeSpan? Age(PackageEntry entry, RegistryFacts? facts, DateTimeOffset now) =>
        (facts?.Published ?? entry.Published) is { } published ? now - published : null;
}

/// <summary>What a setting of a project asks for.</summary>
/// <param name="Age">A younger version is not to be taken; null where <paramref name="Before"/> says.</param>
/// <param name="Before">A version published then or later is not to be taken.</param>
/// <param name="File">As <see cref="PackageEntry.File"/>.</param>
public sealed record CooldownRule(TimeSpan? Age, DateTimeOffset? Before, string File, int Line, string Key)
{
    /// <summary>Names that it does not hold for, as globs; some tools add versions: <c>name@1.2.3 || 1.2.4</c>.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    internal static CooldownRule Younger(TimeSpan age, SourceFile file, int line, string key) => new(age, null, file.Path, line, key);

    internal static CooldownRule After(DateTimeOffset before, SourceFile file, int line, string key) => new(null, before, file.Path, line, key);

    /// <summary>Whether a version published then breaks it.</summary>
    public bool Forbids(PackageEntry entry, DateTimeOffset published, DateTimeOffset now) =>
        !IsExcepted(entry) && (Age is { } age ? now - published < age : published >= Before);

    private bool IsExcepted(PackageEntry entry) => Except.Any(glob =>
    {
        int at = glob.IndexOf('@', Math.Min(1, glob.Length));
        string name = at < 0 ? glob : glob[..at];
        bool isVersion = at < 0 || glob[(at + 1)..].Split("||", StringSplitOptions.TrimEntries).Any(v => v == entry.Version || v.Replace("npm:", "", StringComparison.Ordinal) == entry.Version);
        return isVersion && FileSystemName.MatchesSimpleExpression(name, entry.Name, ignoreCase: entry.Ecosystem != Ecosystem.Npm);
    });
}
