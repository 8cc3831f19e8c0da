using System.Buffers;

namespace Canary.Packages.Python;

/// <summary>One requirement as PEP 508 writes it: <c>name[extra] &gt;=1; marker</c> or <c>name @ url</c>.</summary>
/// <param name="Name">As written.</param>
/// <param name="Specifier">The version specifier, as written; empty where any version will do.</param>
/// <param name="Url">Of a direct reference.</param>
public sealed record Requirement(string Name, string Specifier, string? Url)
{
    private static readonly string[] Operators = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];
    private static readonly SearchValues<char> NoVersion = SearchValues.Create(" \t<>=!~()\"'");
    private static readonly string[] VersionControl = ["git+", "hg+", "svn+", "bzr+", "git:", "git@"];

    /// <summary>The version, where the specifier leaves no other.</summary>
    public string? Exact => Specifier.StartsWith("==", StringComparison.Ordinal) && !Specifier.Contains(',') && !Specifier.EndsWith(".*", StringComparison.Ordinal)
        ? Specifier.TrimStart('=').Trim()
        : null;

    /// <summary>Null for what is no requirement. The marker, behind the semicolon, is left out.</summary>
    public static Requirement? Parse(string text)
    {
        var rest = text.AsSpan().Trim();
        int length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is '.' or '_' or '-'))
            length++;
        if (length == 0 || !char.IsAsciiLetterOrDigit(rest[0]) || !char.IsAsciiLetterOrDigit(rest[length - 1]))
            return null;
        string name = rest[..length].ToString();
        rest = rest[length..].TrimStart();
        if (rest.StartsWith("["))
        {
            int close = rest.IndexOf(']');
            if (close < 0)
                return null;
            rest = rest[(close + 1)..].TrimStart();
        }

        if (rest.StartsWith("@"))
        {
            rest = rest[1..].TrimStart();
            int end = rest.IndexOfAny(' ', '\t');
            var url = end < 0 ? rest : rest[..end];
            bool ends = end < 0 || rest[end..].TrimStart() is var behind && (behind.IsEmpty || behind[0] == ';');
            return !url.IsEmpty && ends ? new Requirement(name, "", url.ToString()) : null;
        }

        int marker = rest.IndexOf(';');
        var specifier = (marker < 0 ? rest : rest[..marker]).Trim();
        if (specifier.StartsWith("(") && specifier.EndsWith(")"))
            specifier = specifier[1..^1].Trim();
        return IsSpecifier(specifier) ? new Requirement(name, specifier.ToString(), null) : null;
    }

    /// <summary>Where an URL or path of a requirement leads.</summary>
    public static PackageOrigin OriginOf(string url) =>
        VersionControl.Any(v => url.StartsWith(v, StringComparison.OrdinalIgnoreCase)) ? PackageOrigin.Git
        : url.Contains("://", StringComparison.Ordinal) && !url.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? PackageOrigin.Url
        : PackageOrigin.Local;

    private static bool IsSpecifier(ReadOnlySpan<char> specifier)
    {
        if (specifier.IsEmpty)
            return true;
        foreach (var range in specifier.TrimEnd(',').Split(','))
        {
            var clause = specifier[range].Trim();
            string? with = null;
            foreach (string candidate in Operators)
            {
                if (with is null && clause.StartsWith(candidate))
                    with = candidate;
            }

            if (with is null || clause[with.Length..].Trim() is var version && (version.IsEmpty || version.ContainsAny(NoVersion)))
                return false;
        }

        return true;
    }
}
