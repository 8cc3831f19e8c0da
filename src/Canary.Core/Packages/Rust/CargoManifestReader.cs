using Canary.Packages.Toml;

namespace Canary.Packages.Rust;

/// <summary>
/// What a <c>Cargo.toml</c> takes from elsewhere than a registry's index: git, a path, another registry, a patch
/// (https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html). The rest stands in the lockfile, with versions.
/// </summary>
public sealed class CargoManifestReader : IPackageFileReader
{
    public string Format => "Cargo.toml";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "Cargo.toml";

    public void Read(SourceFile file, Inventory into)
    {
        var root = TomlFile.Read(file, into);
        Kinds(root, file, into);
        foreach (var target in Tables(root.Table("target")))
            Kinds(target, file, into);
        Dependencies(root.Table("workspace")?.Table("dependencies"), false, file, into);
        foreach (var registry in Tables(root.Table("patch")))
            Dependencies(registry, false, file, into);
        Dependencies(root.Table("replace"), false, file, into);
    }

    private static void Kinds(TomlTable table, SourceFile file, Inventory into)
    {
        Dependencies(table.Table("dependencies"), false, file, into);
        Dependencies(table.Table("build-dependencies"), false, file, into);
        Dependencies(table.Table("dev-dependencies"), true, file, into);
    }

    private static IEnumerable<TomlTable> Tables(TomlTable? table) => table?.Members.Values.OfType<TomlTable>() ?? [];

    private static void Dependencies(TomlTable? dependencies, bool dev, SourceFile file, Inventory into)
    {
        foreach (var (name, value) in dependencies?.Members ?? [])
        {
            if (value is not TomlTable wanted)
            {
                if (value is not TomlText)
                    into.Unread(file.Path, value.Line, $"the dependency '{name}' is neither a version nor a table");
                continue;
            }

            string? git = wanted.Text("git"), path = wanted.Text("path"), registry = wanted.Text("registry-index") ?? wanted.Text("registry");
            if (git is null && path is null && registry is null)
                continue;
            string real = wanted.Text("package") ?? Bare(name);
            string? pin = wanted.Text("rev") ?? wanted.Text("tag") ?? wanted.Text("branch");
            into.Add(new PackageEntry(Ecosystem.Crates, real, null, file.Path, Math.Max(wanted.Line, 1))
            {
                Requested = wanted.Text("version"),
                Direct = true,
                Dev = dev,
                Origin = git is not null ? PackageOrigin.Git : path is not null ? PackageOrigin.Local : PackageOrigin.Registry,
                Resolved = git is null ? path ?? registry : pin is null ? git : $"{git}#{pin}",
                Alias = real == Bare(name) ? null : name,
            });
        }
    }

    // [replace] names what it replaces by a package identifier: foo:0.1.0, or url#foo:0.1.0.
    private static string Bare(string name) => name[(name.LastIndexOf('#') + 1)..].Split(':', '@')[0];
}
