using Canary.Packages.Toml;

namespace Canary.Packages.Python;

/// <summary>Poetry's <c>poetry.lock</c>, as Poetry 1 and 2 write it (lock-version 1.x and 2.x).</summary>
public sealed class PoetryLockReader : IPackageFileReader
{
    public string Format => "poetry.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "poetry.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var root = TomlFile.Read(file, into);
        var metadata = root.Table("metadata");
        if (metadata?.Find("lock-version") is { } version && metadata.Written("lock-version")?.Split('.')[0] is not ("1" or "2"))
            into.Unread(file.Path, version.Line, "a lock-version that is not known");
        foreach (var package in TomlFile.Tables(root, "package", file, into))
        {
            if (LockedFiles.Named(package, file, into) is not { } entry)
                continue;
            // Since Poetry 2 in groups, before 1.5 in a category; between them nowhere.
            var groups = package.Items("groups").OfType<TomlText>().Select(g => g.Text).ToList();
            var source = package.Table("source");
            string? type = source?.Text("type"), url = source?.Text("url");
            var files = package.Find("files") ?? metadata?.Table("files")?.Find(entry.Name) ?? metadata?.Table("hashes")?.Find(entry.Name);
            into.Add(entry with
            {
                Dev = groups.Count > 0 ? !groups.Contains("main") : package.Text("category") is { } category ? category != "main" : null,
                Origin = type switch { "git" => PackageOrigin.Git, "url" => PackageOrigin.Url, "file" or "directory" => PackageOrigin.Local, _ => PackageOrigin.Registry },
                Resolved = type == "git" && (source!.Text("resolved_reference") ?? source.Text("reference")) is { } commit ? $"{url}#{commit}" : url,
                Integrity = LockedFiles.Hashes(files),
            });
        }
    }
}
