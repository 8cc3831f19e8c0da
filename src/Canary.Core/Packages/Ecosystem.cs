namespace Canary.Packages;

/// <summary>Names of ecosystems, as OSV's schema defines them (https://ossf.github.io/osv-schema/).</summary>
public static class Ecosystem
{
    public const string Npm = "npm";
    public const string NuGet = "NuGet";
    public const string PyPI = "PyPI";
    public const string Crates = "crates.io";
    public const string Go = "Go";
    public const string RubyGems = "RubyGems";
    public const string Packagist = "Packagist";
    public const string Maven = "Maven";
    public const string Hex = "Hex";
    public const string Pub = "Pub";
    public const string Swift = "SwiftURL";
    public const string Conan = "ConanCenter";
    public const string Cran = "CRAN";
    public const string Bioconductor = "Bioconductor";

    /// <summary>Extensions of Visual Studio Code and of the editors made from it.</summary>
    public const string VSCode = "VSCode";

    /// <summary>Actions and reusable workflows; the version is a tag or the hash of a commit.</summary>
    public const string Actions = "GitHub Actions";

    /// <summary>Not OSV's: images of containers, by tag or digest.</summary>
    public const string Docker = "Docker";

    /// <summary>Not OSV's: CocoaPods has no records there.</summary>
    public const string CocoaPods = "CocoaPods";

    /// <summary>Not OSV's: JavaScript's registry of Deno.</summary>
    public const string Jsr = "JSR";

    /// <summary>Not OSV's: modules that Deno loads by URL.</summary>
    public const string Deno = "Deno";
}
