using Canary.Packages.Json;

namespace Canary.Packages.Integrity;

/// <summary>Compares what lockfiles say of NuGet packages with what lies in the global packages folder.</summary>
public static class NuGetFolder
{
    private const int MostBytes = 1024 * 1024;

    /// <summary>
    /// A package of a <c>packages.lock.json</c> whose <c>contentHash</c> is not that of the <c>.nupkg.metadata</c> in the folder: the folder or the
    /// lockfile was changed. What is not in the folder is not judged; what cannot be read goes into <paramref name="faults"/>.
    /// </summary>
    /// <param name="folder">As in <c>~/.nuget/packages</c>.</param>
    public static IEnumerable<LockfileAnomaly> Compare(IEnumerable<PackageEntry> packages, string folder, Inventory faults)
    {
        var hashes = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var entry in packages)
        {
            if (entry is not { Ecosystem: Ecosystem.NuGet, Version: { } version, Integrity: { } locked } || !entry.File.EndsWith(".lock.json", StringComparison.OrdinalIgnoreCase))
                continue;
            string place = $"{entry.Name.ToLowerInvariant()}/{NuGet.NuGetVersion.Normal(version).ToLowerInvariant()}";
            // Names are hostile: none leads out of the folder.
            if (place.Split('/') is not [{ Length: > 0 } name, { Length: > 0 } normal] || name is "." or ".." || normal is "." or ".." || place.AsSpan().ContainsAny("\\:\0"))
                continue;
            if (!hashes.TryGetValue(place, out string? found))
                hashes[place] = found = ContentHash(Path.Combine(folder, name, normal, ".nupkg.metadata"), place, faults);
            if (found is not null && found != locked)
                yield return new LockfileAnomaly(entry, AnomalyKind.DifferentIntegrity, "the package in the global packages folder has another contentHash than the lockfile: one of them was changed");
        }
    }

    private static string? ContentHash(string path, string place, Inventory faults)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.LinkTarget is not null || file.Length is 0 or > MostBytes)
                return null;
            return JsonFile.ReadMap(new SourceFile(place, File.ReadAllBytes(path))).Text("contentHash");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Unread(place + "/.nupkg.metadata", 0, "cannot be read: " + e.Message);
        }
        catch (UnreadableFileException e)
        {
            faults.Unread(place + "/.nupkg.metadata", e.Line, e.Message);
        }

        return null;
    }
}
