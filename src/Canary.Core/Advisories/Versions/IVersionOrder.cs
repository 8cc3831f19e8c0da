using Canary.Packages;

namespace Canary.Advisories.Versions;

/// <summary>How one ecosystem writes and orders versions.</summary>
internal interface IVersionOrder
{
    /// <summary>One spelling for all that mean the same version; what is no version comes back as it is.</summary>
    string Canonical(string version);

    /// <summary>Below, at or above zero; null where one of the two is no version.</summary>
    int? Compare(string left, string right);
}

/// <summary>The order of each ecosystem that has one here. For the others only exact versions are understood.</summary>
internal static class VersionOrders
{
    private static readonly IVersionOrder Semantic = new SemanticOrder(parts: 3, ignoreCase: false);
    private static readonly IVersionOrder NuGet = new SemanticOrder(parts: 4, ignoreCase: true);
    private static readonly IVersionOrder Python = new PythonOrder();

    public static IVersionOrder? Of(string ecosystem) => ecosystem switch
    {
        Ecosystem.Npm or Ecosystem.Crates or Ecosystem.Go or Ecosystem.Hex or Ecosystem.Pub or Ecosystem.Jsr or Ecosystem.Swift or PackageNames.Actions => Semantic,
        Ecosystem.NuGet => NuGet,
        Ecosystem.PyPI => Python,
        _ => null,
    };

    public static string Canonical(string ecosystem, string version) => Of(ecosystem)?.Canonical(version.Trim()) ?? version.Trim();
}
