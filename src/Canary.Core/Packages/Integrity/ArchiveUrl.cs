using System.Buffers;
using System.Text;

namespace Canary.Packages.Integrity;

/// <summary>Whose archive an URL leads to, by the way in which each registry writes them.</summary>
internal static class ArchiveUrl
{
    private static readonly SearchValues<char> Numbers = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>What is wrong, null for nothing or for an URL that does not tell.</summary>
    public static AnomalyKind? Judge(PackageEntry entry, Address address) => entry.Ecosystem switch
    {
        Ecosystem.Npm => Npm(entry, address),
        Ecosystem.PyPI => Python(entry, address),
        Ecosystem.Packagist => Packagist(entry, address),
        _ => null,
    };

    // /@scope/name/-/name-1.0.0.tgz; some servers repeat the scope behind the sign, and all may have a path before.
    private static AnomalyKind? Npm(PackageEntry entry, Address address)
    {
        var path = address.Path;
        string unescaped = path.Contains('%') ? Uri.UnescapeDataString(path.ToString()) : "";
        if (unescaped.Length > 0)
            path = unescaped;
        int sign = path.LastIndexOf("/-/");
        if (sign < 0)
            return null;
        var before = path[..sign];
        if (!before.EndsWith(entry.Name, StringComparison.OrdinalIgnoreCase) || before.Length > entry.Name.Length && before[^(entry.Name.Length + 1)] != '/')
            return AnomalyKind.OtherName;
        // What stands before an unscoped name is the server's own path; a scope there makes it another package.
        if (entry.Name[0] != '@' && before[..^entry.Name.Length].TrimEnd('/') is var prefix && prefix[(prefix.LastIndexOf('/') + 1)..].StartsWith("@"))
            return AnomalyKind.OtherName;
        if (entry.Version is null || !path.EndsWith(".tgz"))
            return null;
        var file = path[(sign + 3)..^4];
        file = file[(file.LastIndexOf('/') + 1)..];
        string bare = entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        if (!file.StartsWith(bare, StringComparison.OrdinalIgnoreCase) || file.Length <= bare.Length || file[bare.Length] != '-')
            return AnomalyKind.OtherName;
        return SameVersion(file[(bare.Length + 1)..], entry.Version) ? null : AnomalyKind.OtherVersion;
    }

    // Build metadata is no part of what a registry keeps.
    private static bool SameVersion(ReadOnlySpan<char> found, ReadOnlySpan<char> wanted) =>
        Bare(found).Equals(Bare(wanted), StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> version)
    {
        version = version.TrimStart('v');
        return version.IndexOf('+') is >= 0 and int plus ? version[..plus] : version;
    }

    // name-1.0-py3-none-any.whl, name-1.0.tar.gz (https://packaging.python.org/specifications/binary-distribution-format/).
    private static AnomalyKind? Python(PackageEntry entry, Address address)
    {
        if (entry.Origin is PackageOrigin.Git)
            return null;
        var path = address.Path;
        string file = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..].ToString());
        bool wheel = file.EndsWith(".whl", StringComparison.OrdinalIgnoreCase);
        string? stem = wheel ? file[..^4] : file.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) ? file[..^7] : null;
        // Archives of forges are called by a tag or a commit.
        if (stem is null || !wheel && !Address.Is(address.Host, "files.pythonhosted.org"))
            return null;
        string name = PackageName.Normalised(Ecosystem.PyPI, entry.Name), normal = PackageName.Normalised(Ecosystem.PyPI, stem);
        if (!normal.StartsWith(name + "-", StringComparison.Ordinal) || wheel && PackageName.Normalised(Ecosystem.PyPI, stem.Split('-')[0]) != name)
            return AnomalyKind.OtherName;
        string rest = wheel ? stem.Split('-') is [_, var told, ..] ? told : "" : stem[(stem.LastIndexOf('-') + 1)..];
        return entry.Version is null || Release(rest) is not { } found || Release(entry.Version) is not { } wanted || found == wanted ? null : AnomalyKind.OtherVersion;
    }

    /// <summary>Numbers and dots alone, without zeros at the end; null for versions that can be written in several ways.</summary>
    private static string? Release(string version)
    {
        version = version.Split('+')[0];
        return version.Length == 0 || version.AsSpan().ContainsAnyExcept(Numbers) ? null : string.Join('.', version.Split('.').Select(p => p.TrimStart('0'))).TrimEnd('.');
    }

    // The commit that the lockfile names is the one that its URL has: https://api.github.com/repos/owner/name/zipball/COMMIT.
    private static AnomalyKind? Packagist(PackageEntry entry, Address address)
    {
        var last = address.Path[(address.Path.LastIndexOf('/') + 1)..];
        return entry.Origin == PackageOrigin.Registry && IsCommit(last) && entry.Integrity is { } reference && IsCommit(reference) && !last.Equals(reference, StringComparison.OrdinalIgnoreCase)
            ? AnomalyKind.OtherVersion
            : null;
    }

    /// <summary>The whole name of a commit, by SHA-1 or SHA-256.</summary>
    public static bool IsCommit(ReadOnlySpan<char> text) => text.Length is 40 or 64 && IsHex(text);

    public static bool IsHex(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(Hexadecimal);

    /// <summary>What a git reference is fixed to: behind the fragment, in the query, or in the path of an archive; empty for nothing.</summary>
    public static string GitReference(string resolved, Address address)
    {
        string fragment = address.Fragment.ToString();
        if (fragment.StartsWith("egg=", StringComparison.Ordinal) || fragment.StartsWith("subdirectory=", StringComparison.Ordinal))
            fragment = "";
        foreach (string part in fragment.Split('&', '?'))
        {
            if (part.StartsWith("commit=", StringComparison.Ordinal))
                return part["commit=".Length..];
        }

        if (fragment.Length > 0)
            return fragment.Split('&', '?')[0];
        var path = address.Path;
        if (Address.Is(address.Host, "codeload.github.com") || path.Contains("/archive/", StringComparison.Ordinal) || path.Contains("/tarball/", StringComparison.Ordinal))
            return new StringBuilder(path[(path.LastIndexOf('/') + 1)..].ToString()).Replace(".tar.gz", "").Replace(".zip", "").ToString();
        // pip: git+https://host/repository@reference.
        int at = path.LastIndexOf('@');
        return at > path.LastIndexOf('/') ? path[(at + 1)..].ToString() : resolved.Split("?rev=") is [_, var revision, ..] ? revision.Split('&', '#')[0] : "";
    }
}
