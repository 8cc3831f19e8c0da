using Canary.Packages.Json;

namespace Canary.Packages.Npm;

/// <summary>What the package.json beside a lockfile asks for, as <c>name@range</c>.</summary>
internal sealed class ProjectDescriptors
{
    private readonly HashSet<string> _descriptors = new(StringComparer.Ordinal);
    private readonly bool _hasMembers;

    private ProjectDescriptors(JsonMap manifest)
    {
        _hasMembers = manifest.Find("workspaces") is not null;
        foreach (string kind in PackageJsonReader.Kinds)
        {
            foreach (var (_, name, range) in manifest.Map(kind)?.Members ?? [])
            {
                if (range is JsonText text)
                    _descriptors.Add(name + "@" + text.Text);
            }
        }
    }

    /// <summary>Null where there is none that can be read.</summary>
    public static ProjectDescriptors? Beside(SourceFile lockfile)
    {
        try
        {
            return lockfile.Open(lockfile.Directory.Length == 0 ? "package.json" : lockfile.Directory + "/package.json") is { } manifest
                ? new ProjectDescriptors(JsonFile.ReadMap(manifest))
                : null;
        }
        catch (UnreadableFileException)
        {
            // Its own reader reports it.
            return null;
        }
    }

    /// <summary>Null where a member of the workspace may ask for it.</summary>
    public bool? Asks(IEnumerable<string> descriptors) => descriptors.Any(_descriptors.Contains) ? true : _hasMembers ? null : false;
}
