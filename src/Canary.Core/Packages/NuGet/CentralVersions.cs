using Canary.Packages.Xml;

namespace Canary.Packages.NuGet;

/// <summary>
/// The versions that stand outside of a project: in the nearest <c>Directory.Packages.props</c>, in <c>Packages.props</c> of the older SDK, or as an
/// update in <c>Directory.Build.targets</c> (https://learn.microsoft.com/nuget/consume-packages/central-package-management).
/// </summary>
internal sealed class CentralVersions
{
    internal const string FileName = "Directory.Packages.props";
    private const int MostImports = 16;
    private const int MostVersions = 16;

    private readonly Dictionary<string, List<string>> _versions = new(StringComparer.OrdinalIgnoreCase);
    private readonly MsBuildFiles _files;
    private readonly MsBuildProperties _properties;

    public CentralVersions(SourceFile project, MsBuildProperties properties)
    {
        _files = new MsBuildFiles(project);
        _properties = properties;
        foreach (string name in (string[])[FileName, "Packages.props", "Directory.Build.targets"])
            Take(_files.Nearest(name, project.Directory), 0);
    }

    /// <summary>Every version that a package may have, as written; several where conditions choose.</summary>
    public IReadOnlyList<string> Of(string id) => _versions.TryGetValue(id, out var versions) ? versions : [];

    private void Take((XmlPart Root, string Directory)? file, int depth)
    {
        if (file is not var (root, directory) || depth > MostImports)
            return;
        foreach (var part in root.Descendants())
        {
            if (part.Is("Import"))
                Take(_files.Imported(part, directory, text => _properties.Resolve(text) is [var only] ? only : null), depth + 1);
            else if (part.Is("PackageVersion") || (part.Is("PackageReference") && part.Mark("Update") is not null))
                Take(part);
        }
    }

    private void Take(XmlPart part)
    {
        if ((part.Mark("Version") ?? part.TextOf("Version")) is not { Length: > 0 } version)
            return;
        foreach (string id in (part.Mark("Include") ?? part.Mark("Update") ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!_versions.TryGetValue(id, out var versions))
                _versions[id] = versions = [];
            if (versions.Count < MostVersions && !versions.Contains(version))
                versions.Add(version);
        }
    }
}
