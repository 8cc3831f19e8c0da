namespace Canary.Packages.NuGet;

/// <summary>The versions that files above give to a package that is named without one.</summary>
internal static class ProjectVersions
{
    // As the SDK takes them; the first is Arcade's place for the versions of .NET's own repositories.
    private static readonly string[] Around = ["eng/Versions.props", "Directory.Build.props", CentralVersions.FileName];

    public static MsBuildProperties Properties(SourceFile project)
    {
        var files = new MsBuildFiles(project);
        var properties = new MsBuildProperties(files);
        foreach (string name in Around)
            properties.Take(files.Nearest(name, project.Directory));
        return properties;
    }

    /// <summary>Each version that it may have, properties put in where they are plain.</summary>
    public static IReadOnlyList<string> Of(SourceFile file, string id)
    {
        var properties = Properties(file);
        return [.. new CentralVersions(file, properties).Of(id).SelectMany(v => properties.Resolve(v) is { Count: > 0 } resolved ? resolved : [v])];
    }
}
