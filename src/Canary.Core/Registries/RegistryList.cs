namespace Canary.Registries;

/// <summary>Every registry that can be asked. A new one is a file of its own and a line here.</summary>
public static class RegistryList
{
    /// <param name="scratch">A directory for what libraries write on their way.</param>
    public static IReadOnlyList<IRegistry> Of(Uri npm, Uri nuget, RegistryWire wire, string scratch, TimeProvider time) =>
    [
        new NpmRegistry(npm, wire, time),
        new NuGetRegistry(nuget, wire, scratch, time),
    ];
}
