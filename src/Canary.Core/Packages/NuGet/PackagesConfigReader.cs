using Canary.Packages.Xml;

namespace Canary.Packages.NuGet;

/// <summary><c>packages.config</c> and <c>packages.NAME.config</c>: every package of an older project, flat and exact (https://learn.microsoft.com/nuget/reference/packages-config).</summary>
public sealed class PackagesConfigReader : IPackageFileReader
{
    public string Format => "NuGet packages.config";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name.StartsWith("packages.", StringComparison.OrdinalIgnoreCase) && name.EndsWith(".config", StringComparison.OrdinalIgnoreCase);

    public void Read(SourceFile file, Inventory into)
    {
        var root = XmlFile.Read(file);
        if (!root.Is("packages"))
            throw new UnreadableFileException(root.Line, "its root is not 'packages'");
        foreach (var package in root.All("package"))
        {
            if (package.Mark("id") is not { Length: > 0 } id || package.Mark("version") is not { Length: > 0 } version)
                into.Unread(file.Path, package.Line, "a package has no id or no version");
            else
                into.Add(new PackageEntry(Ecosystem.NuGet, id, version, file.Path, package.Line)
                {
                    Requested = package.Mark("allowedVersions"),
                    Dev = "true".Equals(package.Mark("developmentDependency"), StringComparison.OrdinalIgnoreCase),
                });
        }
    }
}
