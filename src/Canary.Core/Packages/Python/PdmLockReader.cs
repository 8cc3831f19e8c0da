using Canary.Packages.Toml;

namespace Canary.Packages.Python;

/// <summary>PDM's <c>pdm.lock</c>, lock_version 2 to 4 (https://pdm-project.org/en/latest/usage/lockfile/).</summary>
public sealed class PdmLockReader : IPackageFileReader
{
    public string Format => "pdm.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "pdm.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var root = TomlFile.Read(file, into);
        var metadata = root.Table("metadata");
        if (metadata?.Find("lock_version") is { } version && metadata.Written("lock_version")?.Split('.')[0] is not ("2" or "3" or "4"))
            into.Unread(file.Path, version.Line, "a lock_version that is not known");
        foreach (var package in TomlFile.Tables(root, "package", file, into))
        {
            if (LockedFiles.Named(package, file, into) is not { } entry)
                continue;
            var groups = package.Items("groups").OfType<TomlText>().Select(g => g.Text).ToList();
            string? git = package.Text("git"), url = package.Text("url"), path = package.Text("path");
            // Older versions keep the hashes apart, by name and version.
            var files = package.Find("files") ?? metadata?.Table("files")?.Find($"{entry.Name} {entry.Version}");
            into.Add(entry with
            {
                Dev = groups.Count > 0 ? !groups.Contains("default") : null,
                Origin = git is not null ? PackageOrigin.Git : url is not null ? PackageOrigin.Url : path is not null ? PackageOrigin.Local : PackageOrigin.Registry,
                Resolved = git is not null ? $"{git}#{package.Text("revision") ?? package.Text("ref")}" : url ?? path ?? LockedFiles.Place(files),
                Integrity = LockedFiles.Hashes(files),
            });
        }
    }
}
