using System.IO.Enumeration;
using Canary.Packages;
using Canary.Text;

namespace Canary.Registries;

/// <summary>
/// Which names may be told to a public registry: those that came from there, or that can have come from nowhere else. A name of a
/// company's own told to the world tells the world which name to take. For several threads.
/// </summary>
/// <param name="roots">Of the scan, and of what else has a say, as the tree before a change; each of them can withhold.</param>
/// <param name="internalNames">Globs of names that are never asked for: <c>@acme/*</c>, <c>Contoso.*</c>.</param>
/// <param name="user">Settings beyond the tree.</param>
public sealed class PublicNames(IReadOnlyList<string> roots, IReadOnlyList<string> internalNames, UserRegistries user)
{
    private readonly NpmSources[] _npm = [.. roots.Select(root => new NpmSources(new SettingsFiles(root), user))];
    private readonly NuGetSources[] _nuget = [.. roots.Select(root => new NuGetSources(new SettingsFiles(root), user))];

    /// <summary>Why the registry is not to be asked for it; null where it may.</summary>
    public string? WhyWithheld(PackageEntry entry, IRegistry registry)
    {
        if (internalNames.FirstOrDefault(glob => FileSystemName.MatchesSimpleExpression(glob, entry.Name, ignoreCase: true)) is { } internalName)
            return $"it is internal by '{Printable.Line(internalName, 80)}'";
        if (entry.Resolved is { } resolved && resolved.Contains("://", StringComparison.Ordinal))
            return IsPublic(resolved, registry) ? null : "it was resolved from another place than the public registry";
        return entry.Ecosystem switch
        {
            Ecosystem.Npm => _npm.Select(s => s.WhyWithheld(entry, registry)).FirstOrDefault(why => why is not null),
            Ecosystem.NuGet => _nuget.Select(s => s.WhyWithheld(entry, registry)).FirstOrDefault(why => why is not null),
            _ => "its registry is not known",
        };
    }

    internal static bool IsPublic(string address, IRegistry registry) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && registry.PublicHosts.Contains(uri.IdnHost, StringComparer.OrdinalIgnoreCase);
}

/// <summary>Where the settings of whoever runs the scan lie.</summary>
/// <param name="Home">The home directory; null for none.</param>
/// <param name="Npm">Registries that the environment names for npm, yarn and bun.</param>
/// <param name="NuGetConfigs">The nuget.config of the user.</param>
public sealed record UserRegistries(string? Home, IReadOnlyList<string> Npm, IReadOnlyList<string> NuGetConfigs)
{
    private static readonly string[] NpmVariables =
        ["npm_config_registry", "NPM_CONFIG_REGISTRY", "YARN_REGISTRY", "YARN_NPM_REGISTRY_SERVER", "BUN_CONFIG_REGISTRY", "pnpm_config_registry"];

    public static readonly UserRegistries None = new(null, [], []);

    /// <summary>Files like <c>.npmrc</c> that lie elsewhere, as full paths.</summary>
    public IReadOnlyList<string> NpmFiles { get; init; } = [];

    /// <summary>Of this process.</summary>
    public static UserRegistries Current()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), settings = Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData);
        string[] configs = [.. (string[])[Path.Combine(home, ".nuget", "NuGet"), Path.Combine(home, ".config", "NuGet"), Path.Combine(settings, "NuGet")]];
        // What actions/setup-node and the like write, and pnpm's own.
        string?[] lines = [Environment.GetEnvironmentVariable("NPM_CONFIG_USERCONFIG"), Environment.GetEnvironmentVariable("npm_config_userconfig"), Path.Combine(settings, "pnpm", "rc")];
        return new UserRegistries(home, [.. NpmVariables.Select(Environment.GetEnvironmentVariable).OfType<string>().Where(v => v.Length > 0)], [.. configs.Distinct()])
        {
            NpmFiles = [.. lines.OfType<string>().Where(Path.IsPathFullyQualified).Distinct()],
        };
    }
}
