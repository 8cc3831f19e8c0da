using Canary.Packages.Toml;

namespace Canary.Packages.Rust;

/// <summary>Cargo's <c>Cargo.lock</c>, versions 1 to 4 (https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html).</summary>
public sealed class CargoLockReader : IPackageFileReader
{
    public string Format => "Cargo.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "Cargo.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var root = TomlFile.Read(file, into);
        // Versions 1 and 2 do not say which they are.
        if (root.Find("version") is { } version && root.Written("version") is not ("1" or "2" or "3" or "4"))
            into.Unread(file.Path, version.Line, "a version of Cargo.lock that is not known");
        var packages = TomlFile.Tables(root, "package", file, into).ToList();
        var direct = DirectNames(packages);
        foreach (var package in packages)
        {
            if (package.Text("name") is not { } name)
            {
                into.Unread(file.Path, package.Line, "a package without a name");
                continue;
            }

            // What has no source is a member of the workspace, or lies at a path: the file does not tell them apart.
            if (package.Text("source") is not { } source)
                continue;
            string? locked = package.Text("version");
            into.Add(new PackageEntry(Ecosystem.Crates, name, locked, file.Path, package.Find("name")!.Line)
            {
                Origin = source.StartsWith("git+", StringComparison.Ordinal) ? PackageOrigin.Git : PackageOrigin.Registry,
                Resolved = source,
                Integrity = package.Text("checksum") ?? root.Table("metadata")?.Text($"checksum {name} {locked} ({source})"),
                Direct = direct is null ? null : direct.Contains(name) || direct.Contains($"{name} {locked}"),
            });
        }
    }

    /// <summary>What the packages without a source ask for, null where there are none: <c>name</c>, or with its version where several are locked.</summary>
    private static HashSet<string>? DirectNames(List<TomlTable> packages)
    {
        var members = packages.Where(p => p.Find("source") is null).ToList();
        if (members.Count == 0)
            return null;
        var direct = new HashSet<string>(StringComparer.Ordinal);
        foreach (var asked in members.SelectMany(p => p.Items("dependencies")).OfType<TomlText>())
            direct.Add(asked.Text.IndexOf(" (", StringComparison.Ordinal) is > 0 and int source ? asked.Text[..source] : asked.Text);
        return direct;
    }
}
