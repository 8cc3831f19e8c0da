using Canary.Packages;

namespace Canary.Advisories;

/// <summary>Ecosystems and names as their registries compare them: two spellings of one package are one name, two packages never are.</summary>
internal static class PackageNames
{
    /// <summary>Ecosystems that lists and indicators name, and few files do.</summary>
    public const string Actions = Ecosystem.Actions;

    public const string Docker = Ecosystem.Docker;

    public const string OpenVsx = "OpenVSX";

    /// <summary>OSV's spelling of an ecosystem, from any that is in use; what is unknown stays as it is. A suffix as in <c>Debian:12</c> stays.</summary>
    public static string EcosystemOf(string word) => word.Trim().ToLowerInvariant() switch
    {
        "npm" => Ecosystem.Npm,
        "nuget" => Ecosystem.NuGet,
        "pypi" or "pip" or "python" => Ecosystem.PyPI,
        "crates.io" or "crates" or "cargo" or "rust" => Ecosystem.Crates,
        "go" or "golang" => Ecosystem.Go,
        "rubygems" or "gem" or "ruby" => Ecosystem.RubyGems,
        "packagist" or "composer" or "php" => Ecosystem.Packagist,
        "maven" => Ecosystem.Maven,
        "hex" => Ecosystem.Hex,
        "pub" => Ecosystem.Pub,
        "swifturl" or "swift" => Ecosystem.Swift,
        "conancenter" or "conan" => Ecosystem.Conan,
        "cran" => Ecosystem.Cran,
        "cocoapods" => Ecosystem.CocoaPods,
        "jsr" => Ecosystem.Jsr,
        "github actions" or "github action" => Actions,
        "docker" or "docker image" => Docker,
        "openvsx" or "openvsx extension" => OpenVsx,
        _ => word.Trim(),
    };

    /// <summary>True where a prefix of a list is an ecosystem and not a part of a name.</summary>
    public static bool IsEcosystem(string word) => EcosystemOf(word) != word || word is Ecosystem.Npm or Ecosystem.NuGet or Ecosystem.PyPI or Ecosystem.Crates
        or Ecosystem.Go or Ecosystem.RubyGems or Ecosystem.Packagist or Ecosystem.Maven or Ecosystem.Hex or Ecosystem.Pub or Ecosystem.Swift or Ecosystem.Conan
        or Ecosystem.Cran or Ecosystem.CocoaPods or Ecosystem.Jsr or Actions or Docker or OpenVsx;

    public static string Normalised(string ecosystem, string name)
    {
        Span<char> into = name.Length <= 256 ? stackalloc char[256] : new char[name.Length];
        return new string(into[..Normalise(ecosystem, name, into)]);
    }

    /// <summary>Writes the normalised name and returns its length, which is never larger than the name's.</summary>
    public static int Normalise(string ecosystem, ReadOnlySpan<char> name, Span<char> into) =>
        ecosystem is Actions or Docker or OpenVsx ? PackageName.Lower(name, into) : PackageName.Normalise(ecosystem, name, into);
}
