using System.Text;
using Canary.Packages.NuGet;

namespace Canary.Packages;

/// <summary>Package URLs (https://github.com/package-url/purl-spec): <c>pkg:type/namespace/name@version</c>, percent-encoded.</summary>
public static class Purl
{
    public static string Of(string ecosystem, string name, string? version)
    {
        var (type, path) = ecosystem switch
        {
            Ecosystem.Npm => ("npm", name.ToLowerInvariant()),
            Ecosystem.NuGet => ("nuget", name),
            Ecosystem.PyPI => ("pypi", OfPython(name)),
            Ecosystem.Crates => ("cargo", name),
            Ecosystem.Go => ("golang", name.ToLowerInvariant()),
            Ecosystem.RubyGems => ("gem", name),
            Ecosystem.Packagist => ("composer", name.ToLowerInvariant()),
            Ecosystem.Maven => ("maven", name.Replace(':', '/')),
            Ecosystem.Hex => ("hex", name.ToLowerInvariant()),
            Ecosystem.Pub => ("pub", name.ToLowerInvariant()),
            Ecosystem.Swift => ("swift", name),
            Ecosystem.Conan => ("conan", name),
            Ecosystem.Cran => ("cran", name),
            Ecosystem.Bioconductor => ("bioconductor", name),
            Ecosystem.CocoaPods => ("cocoapods", name),
            Ecosystem.VSCode => ("vscode-extension", name.ToLowerInvariant()),
            Ecosystem.Jsr => ("jsr", name),
            Ecosystem.Actions => ("github", name.ToLowerInvariant()),
            Ecosystem.Docker => ("docker", name),
            _ => ("generic", name),
        };
        // Projects write 1.0 for what the feed lists as 1.0.0.
        return Spelled(type, path, ecosystem == Ecosystem.NuGet && version is { Length: > 0 } ? NuGetVersion.Normal(version) : version);
    }

    /// <summary>Of a model on the Hugging Face Hub, which is no ecosystem of packages.</summary>
    /// <param name="repository"><c>owner/name</c>.</param>
    public static string OfModel(string repository, string commit) => Spelled("huggingface", repository, commit.ToLowerInvariant());

    /// <summary>A purl without a version, spelled as <see cref="Of"/> spells it; null for what is none, or is of no ecosystem known here.</summary>
    public static (string Ecosystem, string Purl)? NameOf(string purl)
    {
        string[] parts = purl.Split('/');
        if (parts.Length < 2 || !parts[0].StartsWith("pkg:", StringComparison.Ordinal) || parts.Skip(1).Any(p => p.Length == 0) || parts[^1].AsSpan(1).ContainsAny("@?#"))
            return null;
        string? ecosystem = parts[0][4..].ToLowerInvariant() switch
        {
            "npm" => Ecosystem.Npm,
            "nuget" => Ecosystem.NuGet,
            "pypi" => Ecosystem.PyPI,
            "cargo" => Ecosystem.Crates,
            "golang" => Ecosystem.Go,
            "gem" => Ecosystem.RubyGems,
            "composer" => Ecosystem.Packagist,
            "maven" => Ecosystem.Maven,
            "hex" => Ecosystem.Hex,
            "pub" => Ecosystem.Pub,
            "swift" => Ecosystem.Swift,
            "conan" => Ecosystem.Conan,
            "cran" => Ecosystem.Cran,
            "bioconductor" => Ecosystem.Bioconductor,
            "cocoapods" => Ecosystem.CocoaPods,
            "jsr" => Ecosystem.Jsr,
            _ => null,
        };
        return ecosystem is null ? null : (ecosystem, Of(ecosystem, string.Join('/', parts.Skip(1).Select(Uri.UnescapeDataString)), null));
    }

    private static string Spelled(string type, string path, string? version)
    {
        var purl = new StringBuilder("pkg:").Append(type);
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            purl.Append('/').Append(Encoded(part));
        if (!string.IsNullOrEmpty(version))
            purl.Append('@').Append(Encoded(version));
        return purl.ToString();
    }

    // PEP 503: letter case, and which of the three separators and how many, make no other package.
    private static string OfPython(string name)
    {
        var normal = new StringBuilder(name.Length);
        bool separated = false;
        foreach (char c in name)
        {
            bool separator = c is '-' or '_' or '.';
            if (!separator)
                normal.Append(char.ToLowerInvariant(c));
            else if (!separated)
                normal.Append('-');
            separated = separator;
        }

        return normal.ToString();
    }

    // The specification keeps the colon, which EscapeDataString does not.
    private static string Encoded(string part) => Uri.EscapeDataString(part).Replace("%3A", ":", StringComparison.Ordinal);
}
