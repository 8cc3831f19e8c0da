namespace Canary.Packages.Go;

/// <summary>
/// <c>go.sum</c> and <c>go.work.sum</c>: hashes of modules (https://go.dev/ref/mod#go-sum-files). A line for a <c>go.mod</c> alone names a
/// version that was looked at and not built, and is no package.
/// </summary>
public sealed class GoSumReader : IPackageFileReader
{
    public string Format => "go.sum";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "go.sum" or "go.work.sum";

    public void Read(SourceFile file, Inventory into)
    {
        int number = 0;
        foreach (string line in GoLines.Lines(file))
        {
            number++;
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;
            if (words is not [var name, var version, var hash] || !GoLines.IsVersion(version))
                into.Unread(file.Path, number, "not a module, a version and a hash");
            else if (!version.EndsWith("/go.mod", StringComparison.Ordinal))
            {
                if (!hash.StartsWith("h1:", StringComparison.Ordinal))
                    into.Unread(file.Path, number, "a kind of hash that is not known");
                into.Add(new PackageEntry(Ecosystem.Go, name, version, file.Path, number) { Integrity = hash });
            }
        }
    }
}
