using Canary.Packages.Xml;

namespace Canary.Packages.Jvm;

/// <summary><c>gradle/verification-metadata.xml</c>: every artifact that a build may take, with its checksums (https://docs.gradle.org/current/userguide/dependency_verification.html).</summary>
public sealed class GradleVerificationReader : IPackageFileReader
{
    // The strongest first.
    private static readonly string[] Hashes = ["sha512", "sha256", "sha1", "md5"];

    public string Format => "Gradle verification metadata";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "verification-metadata.xml";

    public void Read(SourceFile file, Inventory into)
    {
        var root = XmlFile.Read(file);
        if (!root.Is("verification-metadata"))
            throw new UnreadableFileException(root.Line, "its root is not 'verification-metadata'");
        foreach (var component in root.All("components").SelectMany(c => c.All("component")))
        {
            if (component.Mark("group") is not { Length: > 0 } group || component.Mark("name") is not { Length: > 0 } name || component.Mark("version") is not { Length: > 0 } version)
                into.Unread(file.Path, component.Line, "a component has no group, name or version");
            else
                into.Add(new PackageEntry(Ecosystem.Maven, $"{group}:{name}", version, file.Path, component.Line) { Integrity = Integrity(component) });
        }
    }

    /// <summary>Of what is run, where there is such: descriptions are artifacts too.</summary>
    private static string? Integrity(XmlPart component)
    {
        var artifact = component.All("artifact").OrderBy(a => Path.GetExtension(a.Mark("name")) switch { ".jar" or ".aar" => 0, ".pom" or ".module" => 2, _ => 1 }).FirstOrDefault();
        foreach (string hash in Hashes)
        {
            if (artifact?.Child(hash)?.Mark("value") is { Length: > 0 } value)
                return $"{hash}:{value}";
        }

        return null;
    }
}
