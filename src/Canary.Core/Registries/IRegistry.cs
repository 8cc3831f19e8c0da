namespace Canary.Registries;

/// <summary>One registry that packages come from. Without state of its own: one object serves all questions, from several threads.</summary>
public interface IRegistry
{
    /// <summary>OSV's name of the ecosystem, see <see cref="Packages.Ecosystem"/>.</summary>
    string Ecosystem { get; }

    /// <summary>Where it is.</summary>
    Uri Address { get; }

    /// <summary>The hosts that a lockfile names where a package came from the public registry that this is, or is a mirror of.</summary>
    IReadOnlyList<string> PublicHosts { get; }

    /// <summary>The form in which names that are the same package are equal.</summary>
    string NormalName(string name);

    /// <summary>The form in which versions that are the same are equal.</summary>
    string NormalVersion(string version);

    /// <summary>Whether a package of the registry can have this name at all. What cannot is never sent.</summary>
    bool CanName(string name);

    /// <summary>
    /// What the registry says of a package and of these versions of it, in normal form. Throws <see cref="RegistryException"/> where it
    /// says nothing that can be used.
    /// </summary>
    Task<PackageFacts> AskAsync(string name, IReadOnlyCollection<string> versions, CancellationToken cancel);
}
