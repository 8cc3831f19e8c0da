namespace Canary.Packages.Integrity;

/// <summary>The parts of an URL as lockfiles write them, in place: a scan has thousands, and most are plain.</summary>
internal readonly ref struct Address
{
    private static readonly string[] Prefixes = ["git+", "registry+", "sparse+", "hg+", "svn+", "bzr+"];
    private static readonly string[] Forges = ["github:", "gitlab:", "bitbucket:", "gist:"];
    private static readonly string[] Secretless = ["git", "hg", "svn"];

    private Address(ReadOnlySpan<char> scheme, ReadOnlySpan<char> user, ReadOnlySpan<char> host, ReadOnlySpan<char> path, ReadOnlySpan<char> fragment)
    {
        Scheme = scheme;
        User = user;
        Host = host;
        Path = path;
        Fragment = fragment;
    }

    /// <summary>Without what stands before a plus sign; empty where there is none.</summary>
    public ReadOnlySpan<char> Scheme { get; }

    /// <summary>User and password, as written.</summary>
    public ReadOnlySpan<char> User { get; }

    /// <summary>Without port; empty for a path.</summary>
    public ReadOnlySpan<char> Host { get; }

    /// <summary>With its slash, without query and fragment.</summary>
    public ReadOnlySpan<char> Path { get; }

    /// <summary>Behind the sign.</summary>
    public ReadOnlySpan<char> Fragment { get; }

    public bool HasHost => !Host.IsEmpty;

    /// <summary>A password or token; the user of git over SSH is none.</summary>
    public bool HasSecret => !User.IsEmpty && (User.Contains(':') || !IsSecretless(User)) && !(Is(Scheme, "ssh") && !User.Contains(':'));

    public static Address Of(ReadOnlySpan<char> text)
    {
        foreach (string forge in Forges)
        {
            if (text.StartsWith(forge))
                return new Address(forge.AsSpan()[..^1], default, forge is "bitbucket:" ? "bitbucket.org" : forge is "gitlab:" ? "gitlab.com" : "github.com", Before(text[forge.Length..], '#'), After(text, '#'));
        }

        foreach (string prefix in Prefixes)
        {
            if (text.StartsWith(prefix))
                text = text[prefix.Length..];
        }

        int colon = text.IndexOf(':');
        if (colon > 0 && text[(colon + 1)..].StartsWith("//"))
        {
            var rest = text[(colon + 3)..];
            int end = rest.IndexOfAny('/', '?', '#');
            var authority = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[end..];
            int at = authority.LastIndexOf('@');
            var host = authority[(at + 1)..];
            int port = host.StartsWith("[") ? host.IndexOf(']') is >= 0 and int close ? close + 1 : host.Length : host.IndexOf(':');
            return new Address(text[..colon], at < 0 ? default : authority[..at], port < 0 ? host : host[..Math.Min(port, host.Length)], Before(Before(rest, '#'), '?'), After(rest, '#'));
        }

        // git@host:owner/repository, as scp has it.
        int sign = colon > 0 ? text[..colon].IndexOf('@') : -1;
        if (sign >= 0 && !text[..colon].Contains('/'))
            return new Address("ssh", text[..sign], text[(sign + 1)..colon], Before(text[(colon + 1)..], '#'), After(text, '#'));
        return colon > 1 ? new Address(text[..colon], default, default, Before(text[(colon + 1)..], '#'), After(text, '#')) : new Address(default, default, default, Before(text, '#'), After(text, '#'));
    }

    public static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static bool IsSecretless(ReadOnlySpan<char> user)
    {
        foreach (string name in Secretless)
        {
            if (user.SequenceEqual(name))
                return true;
        }

        return false;
    }

    private static ReadOnlySpan<char> Before(ReadOnlySpan<char> text, char sign) => text.IndexOf(sign) is >= 0 and int at ? text[..at] : text;

    private static ReadOnlySpan<char> After(ReadOnlySpan<char> text, char sign) => text.IndexOf(sign) is >= 0 and int at ? text[(at + 1)..] : default;
}
