namespace Canary.Packages.NuGet;

/// <summary>The properties and the versions that the files around one file give it. Looked for when first asked.</summary>
/// <param name="own">Adds the properties of the file itself.</param>
internal sealed class ProjectVersions(SourceFile file, Action<MsBuildProperties>? own = null)
{
    // As the SDK takes them; the first is Arcade's place for the versions of .NET's own repositories.
    private static readonly string[] Around = ["eng/Versions.props", "Directory.Build.props", CentralVersions.FileName];

    private MsBuildProperties? _properties;
    private CentralVersions? _central;
    private SdkVersions? _sdks;

    /// <summary>Every version, as written, that a package without one may have.</summary>
    public IReadOnlyList<string> Of(string id) => (_central ??= new CentralVersions(file, Properties)).Of(id);

    /// <summary>The version that global.json gives an SDK; null for one that comes with .NET's own.</summary>
    public string? OfSdk(string id) => (_sdks ??= new SdkVersions(file)).Of(id);

    /// <summary>Every text that this can become, properties put in; none where they are not plain.</summary>
    public IReadOnlyList<string> Resolve(string written) => written.Contains("$(", StringComparison.Ordinal) ? Properties.Resolve(written) : [written];

    /// <summary>What a file asks for, once for each version that these may be.</summary>
    public void Add(Inventory into, PackageEntry entry, IReadOnlyList<string> versions)
    {
        if (versions.Count == 0)
            into.Add(entry);
        foreach (string written in versions)
        {
            var resolved = Resolve(written);
            foreach (string asked in resolved.Count == 0 ? [written] : resolved)
                into.Add(entry with { Version = NuGetVersion.Asked(asked), Requested = asked });
        }
    }

    private MsBuildProperties Properties
    {
        get
        {
            if (_properties is not null)
                return _properties;
            var files = new MsBuildFiles(file);
            _properties = new MsBuildProperties(files);
            foreach (string name in Around)
                _properties.Take(files.Nearest(name, file.Directory));
            own?.Invoke(_properties);
            return _properties;
        }
    }
}
