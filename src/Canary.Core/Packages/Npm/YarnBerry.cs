using Canary.Packages.Json;

namespace Canary.Packages.Npm;

/// <summary>The lockfile of yarn 2 and later: a YAML map from descriptors to what they were resolved to (https://yarnpkg.com/protocols).</summary>
internal static class YarnBerry
{
    private const int LastVersion = 9;

    public static void Read(SourceFile file, Inventory into)
    {
        var root = PlainYaml.ReadMap(file);
        string? version = root.Map("__metadata")?.Text("version");
        if (!int.TryParse(version, out int number) || number is < 1 or > LastVersion)
            into.Unread(file.Path, 1, $"yarn.lock: version '{version}' is not known (1 to {LastVersion} are); what looks familiar was read");
        var direct = DirectDescriptors(root);
        foreach (var (offset, header, value) in root.Members)
        {
            if (header == "__metadata")
                continue;
            if (value is not JsonMap package || package.Text("resolution") is not { Length: > 0 } resolution)
            {
                into.Unread(file.Path, file.LineOf(offset), "yarn.lock: an entry without a resolution");
                continue;
            }

            var (name, reference) = Specifier.Split(resolution);
            // Members of the workspace and links to folders are not packages.
            if (Starts(reference, "workspace:") || Starts(reference, "link:") || Starts(reference, "portal:"))
                continue;
            string[] descriptors = header.Split(", ");
            string asked = Specifier.Split(descriptors[0]).Name;
            into.Add(Located(reference, new PackageEntry(Ecosystem.Npm, name, package.Text("version"), file.Path, file.LineOf(offset))
            {
                Alias = asked == name ? null : asked,
                Requested = string.Join(", ", descriptors.Select(d => Range(Specifier.Split(d).Range)).Distinct()),
                Direct = descriptors.Any(d => direct.Contains(Plain(d))),
                Integrity = package.Text("checksum"),
            }));
        }
    }

    /// <summary>A member asks by <c>npm:^1</c> or by the bare range, as its version of yarn has it.</summary>
    private static HashSet<string> DirectDescriptors(JsonMap root)
    {
        var direct = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, _, value) in root.Members)
        {
            if (value is not JsonMap package || !Starts(Specifier.Split(package.Text("resolution") ?? "").Range, "workspace:"))
                continue;
            foreach (var (_, name, range) in package.Map("dependencies")?.Members ?? [])
            {
                if (range is JsonText text)
                    direct.Add(Plain(name + "@" + text.Text));
            }
        }

        return direct;
    }

    private static PackageEntry Located(string reference, PackageEntry package)
    {
        int bindings = reference.IndexOf("::", StringComparison.Ordinal);
        if (Starts(reference, "npm:"))
        {
            const string Archive = "__archiveUrl=";
            string? archive = bindings < 0 ? null : reference[(bindings + 2)..].Split('&').FirstOrDefault(b => Starts(b, Archive));
            string? url = archive is null ? null : Uri.UnescapeDataString(archive[Archive.Length..]);
            return package with { Resolved = url, Origin = Specifier.OriginOf(url) };
        }

        string where = bindings < 0 ? reference : reference[..bindings];
        // A patch changes what a registry gave; what it changed has an entry of its own.
        return package with { Resolved = where, Origin = Starts(where, "patch:") ? PackageOrigin.Registry : where.Contains("#commit=", StringComparison.Ordinal) ? PackageOrigin.Git : Specifier.OriginOf(where) };
    }

    private static string Plain(string descriptor)
    {
        var (name, range) = Specifier.Split(descriptor);
        if (Starts(range, "patch:"))
        {
            int end = range.IndexOf('#', StringComparison.Ordinal);
            (name, range) = Specifier.Split(Uri.UnescapeDataString(end < 0 ? range[6..] : range[6..end]));
        }

        return name + "@" + Range(range);
    }

    private static string Range(string range) => Starts(range, "npm:") ? range[4..] : range;

    private static bool Starts(string text, string with) => text.StartsWith(with, StringComparison.Ordinal);
}
