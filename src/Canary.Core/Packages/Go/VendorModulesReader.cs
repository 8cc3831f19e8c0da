namespace Canary.Packages.Go;

/// <summary><c>vendor/modules.txt</c>: the modules of which the vendor directory has code (https://go.dev/ref/mod#vendoring).</summary>
public sealed class VendorModulesReader : IPackageFileReader
{
    public string Format => "vendor/modules.txt";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name is "modules.txt" && (directory is "vendor" || directory.EndsWith("/vendor"));

    public void Read(SourceFile file, Inventory into)
    {
        string[] lines = GoLines.Lines(file);
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (line.StartsWith("## ", StringComparison.Ordinal) || line.Length == 0)
                continue;
            if (line.StartsWith("# ", StringComparison.Ordinal))
                Module(line, i, lines, file, into);
            else if (line.Contains(' ') || line.StartsWith('#'))
                into.Unread(file.Path, i + 1, "neither a module nor a package");
        }
    }

    private static void Module(string line, int at, string[] lines, SourceFile file, Inventory into)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (name, version, by) = words switch
        {
            [_, var n, "=>", .. var r] => (n, null, r),
            [_, var n, var v, "=>", .. var r] when GoLines.IsVersion(v) => (n, v, r),
            [_, var n, var v] when GoLines.IsVersion(v) => (n, v, (string[])[]),
            _ => (null, null, (string[])[]),
        };
        if (name is null || by.Length > 2 || words.Contains("=>") && by.Length == 0)
        {
            into.Unread(file.Path, at + 1, "not a module and a version");
            return;
        }

        // A module without packages below it only repeats a line of go.mod.
        var below = lines.Skip(at + 1).TakeWhile(l => !l.StartsWith("# ", StringComparison.Ordinal)).Select(l => l.TrimEnd('\r')).ToList();
        if (!below.Any(l => l.Length > 0 && l[0] != '#'))
            return;
        bool local = by.Length == 1;
        into.Add(new PackageEntry(Ecosystem.Go, by.Length == 2 ? by[0] : name, by.Length == 2 ? by[1] : local ? null : version, file.Path, at + 1)
        {
            Direct = null,
            Origin = local ? PackageOrigin.Local : PackageOrigin.Registry,
            Resolved = local ? by[0] : null,
            Alias = by.Length == 2 && by[0] != name ? name : null,
            Requested = by.Length > 0 ? version : null,
        });
    }
}
