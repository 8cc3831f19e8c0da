namespace Canary.Packages.Npm;

/// <summary>npm's words for one dependency: <c>name@range</c>, and where it comes from.</summary>
internal static class Specifier
{
    /// <summary>At the sign that is not a scope's; the range is empty where there is none.</summary>
    public static (string Name, string Range) Split(string text) =>
        text.Length > 1 && text.IndexOf('@', 1) is > 0 and int at ? (text[..at], text[(at + 1)..]) : (text, "");

    /// <summary>For <c>npm:real@^1</c> the real name and its range; else what was given.</summary>
    public static (string Name, string Range) Unaliased(string name, string range)
    {
        if (!range.StartsWith("npm:", StringComparison.Ordinal))
            return (name, range);
        // Berry writes npm: before every range; a name begins neither with a digit nor with what ranges begin with, and the sign parts it.
        var (real, inner) = Split(range[4..]);
        return inner.Length > 0 ? (real, inner) : (name, range[4..]);
    }

    /// <summary>Whether something comes from a registry, by the URL or range it was resolved to.</summary>
    public static PackageOrigin OriginOf(string? resolved)
    {
        if (resolved is null)
            return PackageOrigin.Registry;
        if (Starts("git+") || Starts("git:") || Starts("git@") || Starts("github:") || Starts("gitlab:") || Starts("bitbucket:") || Starts("gist:") || Starts("ssh:")
            || Starts("https://codeload.github.com/") || resolved.Contains(".git#", StringComparison.Ordinal) || resolved.EndsWith(".git", StringComparison.Ordinal))
            return PackageOrigin.Git;
        if (Starts("file:") || Starts("link:") || Starts("portal:"))
            return PackageOrigin.Local;
        // Every registry but GitHub's serves its archives below /-/.
        bool isRegistry = !Starts("http") || resolved.Contains("/-/", StringComparison.Ordinal) || Starts("https://npm.pkg.github.com/");
        return isRegistry ? PackageOrigin.Registry : PackageOrigin.Url;

        bool Starts(string with) => resolved.StartsWith(with, StringComparison.Ordinal);
    }
}
