namespace Canary.Gating;

/// <summary>Where a canary.yml stands to the root of a scan.</summary>
/// <param name="Above">From its directory down to the root, with <c>/</c> at its end; empty where they are one.</param>
/// <param name="Below">From the root down to its directory; empty for the root.</param>
/// <param name="IsOfTree">False for one that lies elsewhere: of the user, of the system, named.</param>
internal sealed record PolicyScope(string Above, string Below, bool IsOfTree)
{
    /// <param name="policy">The file; null for the built-in values.</param>
    /// <param name="root">The directory that is scanned.</param>
    public static PolicyScope Of(string? policy, string root)
    {
        if (policy is null)
            return new PolicyScope("", "", false);
        string down = Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(policy))!, root).Replace('\\', '/');
        return down == "." ? new PolicyScope("", "", true)
            : down == ".." || down.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(down) ? new PolicyScope("", "", false)
            : new PolicyScope(down + "/", "", true);
    }

    /// <summary>Of a canary.yml that the walk met.</summary>
    public static PolicyScope Within(string file) => new("", file.LastIndexOf('/') is > 0 and int slash ? file[..slash] : "", true);

    /// <summary>A path from the root, as it is from the file's directory; null where it is not below that.</summary>
    public string? PathOf(string file) =>
        Below.Length == 0 ? Above + file : file.StartsWith(Below + "/", StringComparison.Ordinal) ? file[(Below.Length + 1)..] : null;
}
