using Canary.Packages.Json;

namespace Canary.Packages.Swift;

/// <summary>Swift's <c>Package.resolved</c>, versions 1 to 3. A package is named by its repository, as OSV does.</summary>
public sealed class PackageResolvedReader : IPackageFileReader
{
    public string Format => "Package.resolved";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "Package.resolved";

    public void Read(SourceFile file, Inventory into)
    {
        var root = JsonFile.ReadMap(file);
        if (root.Find("version") is not JsonNumber { Text: "1" or "2" or "3" })
            into.Unread(file.Path, 1, "Package.resolved: the version is not known (1, 2 and 3 are); what looks familiar was read");
        if ((root.List("pins") ?? root.Map("object")?.List("pins")) is not { } pins)
            throw new UnreadableFileException(1, "has no list of 'pins'");
        foreach (var part in pins.Items)
        {
            var pin = part as JsonMap;
            string? location = pin?.Text("location") ?? pin?.Text("repositoryURL"), identity = pin?.Text("identity") ?? pin?.Text("package");
            string name = string.IsNullOrEmpty(location) ? identity ?? "" : Repository(location);
            if (name.Length == 0 || pin?.Map("state") is not { } state)
            {
                into.Unread(file.Path, file.LineOf(part.Offset), "Package.resolved: a pin without a place or a state");
                continue;
            }

            string? version = state.Text("version"), revision = state.Text("revision");
            into.Add(new PackageEntry(Ecosystem.Swift, name, version, file.Path, file.LineOf(part.Offset))
            {
                Requested = state.Text("branch"),
                // Repositories are Swift's registry; a branch or a bare commit is no release of it.
                Origin = pin.Text("kind") is "localSourceControl" or "fileSystem" ? PackageOrigin.Local : version is null ? PackageOrigin.Git : PackageOrigin.Registry,
                Resolved = location is "" ? null : location,
                Integrity = revision,
            });
        }
    }

    /// <summary><c>host/owner/name</c> of any way to write a repository's address.</summary>
    private static string Repository(string location)
    {
        int scheme = location.IndexOf("://", StringComparison.Ordinal);
        string place = scheme < 0 ? location : location[(scheme + 3)..];
        int user = place.IndexOf('@', StringComparison.Ordinal), slash = place.IndexOf('/', StringComparison.Ordinal);
        if (user >= 0 && (slash < 0 || user < slash))
            place = place[(user + 1)..];
        if (scheme < 0 && place.IndexOf(':', StringComparison.Ordinal) is > 0 and int colon)
            place = place[..colon] + "/" + place[(colon + 1)..];
        place = place.TrimEnd('/');
        return place.EndsWith(".git", StringComparison.Ordinal) ? place[..^4] : place;
    }
}
