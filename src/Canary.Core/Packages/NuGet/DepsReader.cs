using Canary.Packages.Json;

namespace Canary.Packages.NuGet;

/// <summary><c>NAME.deps.json</c>: what a built or published application brings along.</summary>
public sealed class DepsReader : IPackageFileReader
{
    private const string RuntimePack = "runtimepack.";

    public string Format => ".NET deps.json";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name.EndsWith(".deps.json", StringComparison.OrdinalIgnoreCase);

    public void Read(SourceFile file, Inventory into)
    {
        var root = JsonFile.ReadMap(file);
        var own = Own(root);
        foreach (var (line, name, version, library) in NuGetLibraries.Of(file, root, into))
        {
            string? type = library.Text("type")?.ToLowerInvariant();
            if (type is not ("package" or "runtimepack"))
                continue;
            into.Add(new PackageEntry(Ecosystem.NuGet, type is "runtimepack" && name.StartsWith(RuntimePack, StringComparison.Ordinal) ? name[RuntimePack.Length..] : name, version, file.Path, line)
            {
                Direct = own?.Contains(name),
                Integrity = library.Text("sha512") is { Length: > 0 } hash ? hash : null,
            });
        }
    }

    /// <summary>What its projects ask for; null where no project stands in it.</summary>
    private static HashSet<string>? Own(JsonMap root)
    {
        HashSet<string>? own = null;
        var projects = (root.Map("libraries")?.Members ?? []).Where(m => m.Value is JsonMap library && library.Text("type") is "project").Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var target in (root.Map("targets")?.Members ?? []).Select(m => m.Value).OfType<JsonMap>())
        {
            foreach (var project in target.Members.Where(m => projects.Contains(m.Name)).Select(m => m.Value).OfType<JsonMap>())
            {
                own ??= new(StringComparer.OrdinalIgnoreCase);
                foreach (var member in project.Map("dependencies")?.Members ?? [])
                    own.Add(member.Name);
            }
        }

        return own;
    }
}
