using Canary.Packages.Json;

namespace Canary.Packages.R;

/// <summary>R's <c>renv.lock</c> (https://rstudio.github.io/renv/articles/lockfile.html).</summary>
public sealed class RenvLockReader : IPackageFileReader
{
    public string Format => "renv.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "renv.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var root = JsonFile.ReadMap(file);
        if (root.Find("Packages") is not JsonMap packages)
            throw new UnreadableFileException(1, "'Packages' is missing or is not an object");
        foreach (var (offset, key, value) in packages.Members)
        {
            if (value is not JsonMap package || package.Text("Version") is not { } version)
            {
                into.Unread(file.Path, file.LineOf(offset), "renv.lock: a package without a version");
                continue;
            }

            string? source = package.Text("Source"), host = package.Text("RemoteHost"), repository = package.Text("RemoteUrl") ?? package.Text("RemoteRepo");
            bool isLocal = source is "Local", isGit = !isLocal && source is not ("Repository" or "CRAN" or "Bioconductor" or "URL" or null);
            into.Add(new PackageEntry(source == "Bioconductor" ? Ecosystem.Bioconductor : Ecosystem.Cran, package.Text("Package") ?? key, version, file.Path, file.LineOf(offset))
            {
                Origin = isGit ? PackageOrigin.Git : isLocal ? PackageOrigin.Local : source is "URL" ? PackageOrigin.Url : PackageOrigin.Registry,
                Resolved = isGit
                    ? $"{(package.Text("RemoteUrl") is null ? $"{host}/{package.Text("RemoteUsername")}/" : "")}{repository}#{package.Text("RemoteSha")}"
                    : package.Text("RemoteUrl") ?? package.Text("Repository"),
                Integrity = package.Text("Hash"),
            });
        }
    }
}
