using Canary.Packages.Json;

namespace Canary.Packages.NuGet;

/// <summary>
/// <c>obj/project.assets.json</c>: what the last restore resolved. Beside the libraries it names what is only downloaded: runtime packs,
/// targeting packs and <c>PackageDownload</c>.
/// </summary>
public sealed class AssetsReader : IPackageFileReader
{
    public string Format => "NuGet project.assets.json";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name.Equals("project.assets.json", StringComparison.OrdinalIgnoreCase);

    public void Read(SourceFile file, Inventory into)
    {
        var root = JsonFile.ReadMap(file);
        var frameworks = (root.Map("project")?.Map("frameworks")?.Members ?? []).Select(m => m.Value).OfType<JsonMap>().ToList();
        var asked = Asked(root, frameworks);
        foreach (var (line, name, version, library) in NuGetLibraries.Of(file, root, into))
        {
            if (!"package".Equals(library.Text("type"), StringComparison.OrdinalIgnoreCase))
                continue;
            bool direct = asked.TryGetValue(name, out var dependency);
            into.Add(new PackageEntry(Ecosystem.NuGet, name, version, file.Path, line)
            {
                Direct = direct,
                Requested = dependency?.Text("version"),
                Dev = dependency?.Text("suppressParent") is "All" ? true : null,
                Integrity = library.Text("sha512"),
            });
        }

        foreach (var framework in frameworks)
            ReadDownloads(file, framework, into);
    }

    /// <summary>What the project itself asks for; the value is null where only the name is known.</summary>
    private static Dictionary<string, JsonMap?> Asked(JsonMap root, List<JsonMap> frameworks)
    {
        var asked = new Dictionary<string, JsonMap?>(StringComparer.OrdinalIgnoreCase);
        foreach (var group in (root.Map("projectFileDependencyGroups")?.Members ?? []).Select(m => m.Value).OfType<JsonList>())
        {
            foreach (var dependency in group.Items.OfType<JsonText>())
                asked.TryAdd(dependency.Text.Split(' ')[0], null);
        }

        foreach (var member in frameworks.SelectMany(f => f.Map("dependencies")?.Members ?? []))
            asked[member.Name] = member.Value as JsonMap;
        return asked;
    }

    private static void ReadDownloads(SourceFile file, JsonMap framework, Inventory into)
    {
        foreach (var part in framework.List("downloadDependencies")?.Items ?? [])
        {
            int line = file.LineOf(part.Offset);
            if (part is not JsonMap download || download.Text("name") is not { Length: > 0 } name || download.Text("version") is not { } versions)
            {
                into.Unread(file.Path, line, "an entry of 'downloadDependencies' has no name or no version");
                continue;
            }

            // Several versions of one package stand in one entry.
            foreach (string range in versions.Split(';', StringSplitOptions.TrimEntries))
                into.Add(new PackageEntry(Ecosystem.NuGet, name, NuGetVersion.Asked(range), file.Path, line) { Direct = true, Requested = range });
        }
    }
}
