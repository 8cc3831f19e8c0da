using Canary.Packages.Json;

namespace Canary.Packages.Python;

/// <summary>pipenv's <c>Pipfile.lock</c>, pipfile-spec 6: a map of packages for each category (https://pipenv.pypa.io/en/latest/pipfile.html).</summary>
public sealed class PipfileLockReader : IPackageFileReader
{
    public string Format => "Pipfile.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "Pipfile.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var root = JsonFile.ReadMap(file);
        var meta = root.Map("_meta") ?? throw new UnreadableFileException(1, "has no '_meta'");
        if (meta.Find("pipfile-spec") is not JsonNumber { Text: "6" })
            into.Unread(file.Path, file.LineOf(meta.Offset), "a pipfile-spec that is not known");
        foreach (var (offset, category, value) in root.Members)
        {
            if (category == "_meta")
                continue;
            if (value is not JsonMap packages)
            {
                into.Unread(file.Path, file.LineOf(offset), "a category that is not an object");
                continue;
            }

            foreach (var member in packages.Members)
            {
                if (member.Value is JsonMap package)
                    into.Add(Entry(file, member, package, meta) with { Dev = category == "develop" });
                else
                    into.Unread(file.Path, file.LineOf(member.Offset), "a package that is not an object");
            }
        }
    }

    private static PackageEntry Entry(SourceFile file, JsonMember member, JsonMap package, JsonMap meta)
    {
        string? version = package.Text("version"), git = package.Text("git"), url = package.Text("file"), path = package.Text("path");
        string? exact = version?.StartsWith("==", StringComparison.Ordinal) == true ? version.TrimStart('=').Trim() : null;
        string hashes = string.Join(' ', package.List("hashes")?.Items.OfType<JsonText>().Select(h => h.Text) ?? []);
        return new PackageEntry(Ecosystem.PyPI, member.Name, exact, file.Path, file.LineOf(member.Offset))
        {
            Requested = exact is null ? version : null,
            Integrity = hashes.Length > 0 ? hashes : null,
            Origin = git is not null ? PackageOrigin.Git : url is not null ? Requirement.OriginOf(url) : path is not null ? PackageOrigin.Local : PackageOrigin.Registry,
            Resolved = git is not null ? $"{git}#{package.Text("ref")}" : url ?? path ?? Source(meta, package.Text("index")),
        };
    }

    private static string? Source(JsonMap meta, string? index) =>
        meta.List("sources")?.Items.OfType<JsonMap>().FirstOrDefault(s => index is not null && s.Text("name") == index)?.Text("url") ?? index;
}
