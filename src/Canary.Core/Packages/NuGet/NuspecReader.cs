using Canary.Packages.Json;
using Canary.Packages.Xml;

namespace Canary.Packages.NuGet;

/// <summary>
/// <c>ID.nuspec</c>. In a folder of installed packages it names the package itself, and <c>.nupkg.metadata</c> beside it what it was made of
/// and where it came from; anywhere else it is the recipe of a package, and its dependencies are what it asks for.
/// </summary>
public sealed class NuspecReader : IPackageFileReader
{
    public string Format => "NuGet nuspec";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase);

    public void Read(SourceFile file, Inventory into)
    {
        var root = XmlFile.Read(file);
        if (root.Child("metadata") is not { } metadata)
            throw new UnreadableFileException(root.Line, "has no 'metadata'");
        string beside = file.Directory.Length == 0 ? "" : file.Directory + "/";
        if (file.Open(beside + ".nupkg.metadata") is { } installed)
            ReadInstalled(file, metadata, installed, into);
        else
            ReadDependencies(file, metadata, into);
    }

    // The dependencies of an installed package are floors that a restore has raised: what was taken lies beside it.
    private static void ReadInstalled(SourceFile file, XmlPart metadata, SourceFile beside, Inventory into)
    {
        if (metadata.TextOf("id") is not { } id || metadata.TextOf("version") is not { } version)
        {
            into.Unread(file.Path, metadata.Line, "an installed package has no id or no version");
            return;
        }

        var entry = new PackageEntry(Ecosystem.NuGet, id, version, file.Path, metadata.Child("id")!.Line);
        try
        {
            var origin = JsonFile.ReadMap(beside);
            string? source = origin.Text("source");
            entry = entry with
            {
                Integrity = origin.Text("contentHash"),
                Resolved = source,
                Origin = source is null || source.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? PackageOrigin.Registry : PackageOrigin.Local,
            };
        }
        catch (UnreadableFileException e)
        {
            into.Unread(beside.Path, e.Line, "NuGet .nupkg.metadata: " + e.Message);
        }

        into.Add(entry);
    }

    private static void ReadDependencies(SourceFile file, XmlPart metadata, Inventory into)
    {
        foreach (var dependency in metadata.All("dependencies").SelectMany(d => d.Descendants()).Where(d => d.Is("dependency")))
        {
            string? range = dependency.Mark("version");
            if (dependency.Mark("id") is not { Length: > 0 } id)
                into.Unread(file.Path, dependency.Line, "a dependency has no id");
            else
                into.Add(new PackageEntry(Ecosystem.NuGet, id, NuGetVersion.Asked(range), file.Path, dependency.Line) { Requested = range, Direct = true });
        }
    }
}
