using Canary.Packages;

namespace Canary.Surface;

/// <summary>What a command fetches from a registry and runs: <c>npx -y pkg</c>, <c>uvx pkg</c>, <c>docker run image</c>.</summary>
/// <param name="Version">Exact; null where the registry chooses.</param>
/// <param name="Requested">What is asked for, where that is no version.</param>
/// <param name="Pinned">Named so that it cannot change: by a version of a registry that keeps them, or by a digest.</param>
public sealed record LaunchedPackage(string Ecosystem, string Name, string? Version, string? Requested, bool Pinned)
{
    public string Purl => Packages.Purl.Of(Ecosystem, Name, Version);

    internal PackageEntry At(string file, int line) => new(Ecosystem, Name, Version, file, line) { Requested = Requested, Direct = true };

    /// <summary>A name with what is asked for behind an <c>@</c>, as npm and its like write it; null for a path or an URL.</summary>
    internal static LaunchedPackage? OfNpm(string word)
    {
        if (word.Length == 0 || word[0] is '.' or '/' or '~' or '-' or '$' || word.Contains(':') || (word[0] != '@' && word.Contains('/')))
            return null;
        int at = word.IndexOf('@', 1);
        return Of(Packages.Ecosystem.Npm, at < 0 ? word : word[..at], at < 0 ? null : word[(at + 1)..]);
    }

    internal static LaunchedPackage? OfPython(string word)
    {
        if (word.Length == 0 || word[0] is '.' or '/' or '~' or '-' or '$' || word.Contains("://", StringComparison.Ordinal) || word.EndsWith(".py", StringComparison.Ordinal))
            return null;
        int at = word.IndexOfAny(['=', '@', '<', '>', '~', '!']);
        string name = at < 0 ? word : word[..at], asked = at < 0 ? "" : word[at..].TrimStart('=', '@', ' ');
        int extras = name.IndexOf('[');
        return Of(Packages.Ecosystem.PyPI, (extras < 0 ? name : name[..extras]).Trim(), asked.Length == 0 ? null : asked);
    }

    internal static LaunchedPackage? OfImage(string image)
    {
        if (image.Length == 0 || image[0] is '-' or '$')
            return null;
        int digest = image.IndexOf("@sha256:", StringComparison.Ordinal);
        string named = digest < 0 ? image : image[..digest];
        int tag = named.LastIndexOf(':');
        // The colon of a port stands before a slash.
        bool tagged = tag > named.LastIndexOf('/');
        string name = tagged ? named[..tag] : named;
        string? version = tagged ? named[(tag + 1)..] : null;
        return name.Length == 0 ? null
            : new LaunchedPackage(Packages.Ecosystem.Docker, name, digest >= 0 ? image[(digest + 1)..] : version is "latest" ? null : version, digest >= 0 ? version : version is "latest" ? version : null, digest >= 0);
    }

    private static LaunchedPackage? Of(string ecosystem, string name, string? asked) =>
        name.Length == 0 ? null
        : asked is not null && IsVersion(asked) ? new LaunchedPackage(ecosystem, name, asked, null, true)
        : new LaunchedPackage(ecosystem, name, null, asked, false);

    // What begins with a number and has a dot is one version, or with npm one of its patches; that much may change.
    private static bool IsVersion(string text) =>
        char.IsAsciiDigit(text[0]) && text.Contains('.') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+' or '!') && !text.Contains(".x", StringComparison.OrdinalIgnoreCase);
}
