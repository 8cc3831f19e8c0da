using Canary.Packages.Json;

namespace Canary.Packages.NuGet;

/// <summary>
/// NuGet's <c>packages.lock.json</c>, versions 1 to 3; a project with a name of its own may call it <c>packages.NAME.lock.json</c>
/// (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies).
/// </summary>
public sealed class NuGetLockReader : IPackageFileReader
{
    // Version 3 differs by the keys of its targets only: aliases instead of frameworks.
    private const int NewestVersion = 3;

    public string Format => "NuGet packages.lock.json";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name.StartsWith("packages.", StringComparison.OrdinalIgnoreCase) && name.EndsWith(".lock.json", StringComparison.OrdinalIgnoreCase);

    public void Read(SourceFile file, Inventory into)
    {
        var root = JsonFile.ReadMap(file);
        var version = root.Find("version");
        if (!(version is JsonNumber { Text: var digits } && int.TryParse(digits, out int number) && number is >= 1 and <= NewestVersion))
            into.Unread(file.Path, version is null ? 1 : file.LineOf(version.Offset), $"{Format}: a version other than 1 to {NewestVersion}; read as if it were {NewestVersion}");
        if (root.Map("dependencies") is not { } targets)
            throw new UnreadableFileException(1, "has no 'dependencies'");
        foreach (var (offset, _, target) in targets.Members)
        {
            if (target is JsonMap packages)
                ReadTarget(file, packages, into);
            else
                into.Unread(file.Path, file.LineOf(offset), "a target of 'dependencies' is not an object");
        }
    }

    private static void ReadTarget(SourceFile file, JsonMap packages, Inventory into)
    {
        foreach (var (offset, name, value) in packages.Members)
        {
            int line = file.LineOf(offset);
            if (value is not JsonMap package)
            {
                into.Unread(file.Path, line, "a package is not an object");
                continue;
            }

            string? type = package.Text("type");
            if (type is "Project")
                continue;
            if (package.Text("resolved") is not { } resolved)
                into.Unread(file.Path, line, "a package has no 'resolved'");
            else
                into.Add(new PackageEntry(Ecosystem.NuGet, name, resolved, file.Path, line)
                {
                    Requested = package.Text("requested"),
                    Direct = type switch { "Direct" => true, "Transitive" or "CentralTransitive" => false, _ => null },
                    Integrity = package.Text("contentHash"),
                });
        }
    }
}
