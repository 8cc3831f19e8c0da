using System.Text.Json;
using Canary.Packages.Json;
using Canary.Rules;

namespace Canary.Packages.Npm;

/// <summary>
/// npm's <c>package-lock.json</c> (lockfileVersion 1 to 3), <c>npm-shrinkwrap.json</c>, and the hidden lockfile of an installed tree
/// (https://docs.npmjs.com/cli/configuring-npm/package-lock-json).
/// </summary>
public sealed class PackageLockReader : IPackageFileReader
{
    private const string Modules = "node_modules/";

    private static readonly string[] Ignored = ["engines", "license", "funding", "bin", "os", "cpu", "libc", "peerDependenciesMeta"];

    public string Format => "npm package-lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name is "package-lock.json" or "npm-shrinkwrap.json" or ".package-lock.json";

    public void Read(SourceFile file, Inventory into)
    {
        var root = JsonFile.ReadMap(file, ignored: Ignored, members: Member);
        foreach (string part in (string[])["packages", "dependencies"])
        {
            if (root.Find(part) is { } wrong and not JsonMap)
                throw new UnreadableFileException(file.LineOf(wrong.Offset), $"'{part}' is not an object");
        }

        if (root.Find("lockfileVersion") is { } version && !(version is JsonNumber { Text: var text } && text is "1" or "2" or "3"))
            into.Unread(file.Path, file.LineOf(version.Offset), "npm package-lock: this lockfileVersion is not known (1, 2 and 3 are); what looks familiar was read");
        if (root.Map("packages") is { } packages)
            ReadPackages(file, packages, into);
        else if (root.Map("dependencies") is { } dependencies)
            ReadDependencies(file, dependencies, into, top: true);
        else if (root.Find("lockfileVersion") is null)
            throw new UnreadableFileException(1, "has neither 'packages' nor 'dependencies' nor 'lockfileVersion'");

        JsonPart? Member(ref Utf8JsonReader reader, string within, in JsonPlace place) => within == "packages" ? Kept(file, ref reader, place) : null;
    }

    /// <summary>Versions 2 and 3: a flat map from the place of each package.</summary>
    private static void ReadPackages(SourceFile file, JsonMap packages, Inventory into)
    {
        var direct = DirectNames(packages);
        foreach (var (offset, place, value) in packages.Members)
        {
            if (value is Installed { Package: var installedPackage })
            {
                into.Add(direct is null ? installedPackage with { Direct = null } : direct.Contains(place) ? installedPackage with { Direct = true } : installedPackage);
                continue;
            }

            if (value is not JsonMap package)
            {
                into.Unread(file.Path, file.LineOf(offset), "an entry of 'packages' is not an object");
                continue;
            }

            int modules = LastModules(place);
            // The project itself, its workspaces, and links to them are not packages.
            if (modules < 0 || package.Truth("link"))
                continue;
            into.Unread(file.Path, file.LineOf(offset), "npm package-lock: a package without a name");
        }
    }

    /// <summary>Of an installed package what is wanted of it, in place of its whole entry; null for what is no plain one.</summary>
    private static Installed? Kept(SourceFile file, ref Utf8JsonReader reader, in JsonPlace place)
    {
        int modules = reader.TokenType == JsonTokenType.StartObject ? LastModules(place.Name) : -1;
        if (modules < 0)
            return null;
        string? name = null, version = null, resolved = null, integrity = null;
        bool dev = false, scripts = false, link = false;
        // As everywhere the last of two equal names counts, and a value of the wrong kind is none.
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Half a surrogate pair cannot be compared.
            if (reader.ValueIsEscaped)
                return null;
            if (reader.ValueTextEquals("version"u8))
                version = Text(ref reader);
            else if (reader.ValueTextEquals("resolved"u8))
                resolved = Text(ref reader);
            else if (reader.ValueTextEquals("integrity"u8))
                integrity = Text(ref reader);
            else if (reader.ValueTextEquals("dev"u8))
                dev = Truth(ref reader);
            else if (reader.ValueTextEquals("name"u8))
                name = Text(ref reader);
            else if (reader.ValueTextEquals("link"u8))
                link = Truth(ref reader);
            else if (reader.ValueTextEquals("hasInstallScript"u8))
                scripts = Truth(ref reader);
            else
                reader.Skip();
        }

        string installed = place.Name[(modules + Modules.Length)..];
        name ??= installed;
        if (link || name.Length == 0)
            return null;
        return new Installed(place.Offset, new PackageEntry(Ecosystem.Npm, name, version, file.Path, file.LineOf(place.NameOffset))
        {
            Direct = false,
            Alias = name == installed ? null : installed,
            Dev = dev,
            Resolved = resolved,
            Integrity = integrity,
            Origin = Specifier.OriginOf(resolved),
            HasInstallScript = scripts,
        });
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return RecordValue.Text(ref reader);
        reader.Skip();
        return null;
    }

    private static bool Truth(ref Utf8JsonReader reader)
    {
        reader.Read();
        bool truth = reader.TokenType == JsonTokenType.True;
        reader.Skip();
        return truth;
    }

    /// <summary>Where what the project and its workspaces ask for lies; null where the file does not tell, as the hidden lockfile.</summary>
    private static HashSet<string>? DirectNames(JsonMap packages)
    {
        var places = new HashSet<string>(packages.Members.Select(m => m.Name), StringComparer.Ordinal);
        HashSet<string>? direct = null;
        foreach (var (_, place, value) in packages.Members)
        {
            if (value is not JsonMap package || LastModules(place) >= 0)
                continue;
            direct ??= new(StringComparer.Ordinal);
            foreach (string kind in PackageJsonReader.Kinds)
            {
                foreach (var member in package.Map(kind)?.Members ?? [])
                {
                    string own = place.Length == 0 ? Modules + member.Name : place + "/" + Modules + member.Name;
                    direct.Add(places.Contains(own) ? own : Modules + member.Name);
                }
            }
        }

        return direct;
    }

    /// <summary>Where the last directory of that name begins; a project may have one whose name only ends so.</summary>
    private static int LastModules(string place)
    {
        int at = place.LastIndexOf(Modules, StringComparison.Ordinal);
        while (at > 0 && place[at - 1] != '/')
            at = place.LastIndexOf(Modules, at - 1, StringComparison.Ordinal);
        return at;
    }

    /// <summary>Version 1: a tree; which of the top were asked for stands in package.json alone.</summary>
    private static void ReadDependencies(SourceFile file, JsonMap dependencies, Inventory into, bool top)
    {
        foreach (var (offset, installed, value) in dependencies.Members)
        {
            if (value is not JsonMap package)
            {
                into.Unread(file.Path, file.LineOf(offset), "an entry of 'dependencies' is not an object");
                continue;
            }

            string? version = package.Text("version");
            string name = installed;
            if (version is not null)
                (name, version) = Specifier.Unaliased(name, version);
            var entry = Described(file, offset, name, package) with { Direct = top ? null : false, Alias = name == installed ? null : installed };
            bool exact = version is null || !version.Contains(':', StringComparison.Ordinal);
            into.Add(exact ? entry with { Version = version } : entry with { Version = null, Resolved = version, Origin = Specifier.OriginOf(version) });
            if (package.Map("dependencies") is { } inner)
                ReadDependencies(file, inner, into, top: false);
        }
    }

    private static PackageEntry Described(SourceFile file, int offset, string name, JsonMap package)
    {
        string? resolved = package.Text("resolved");
        return new PackageEntry(Ecosystem.Npm, name, package.Text("version"), file.Path, file.LineOf(offset))
        {
            Dev = package.Truth("dev"),
            Resolved = resolved,
            Integrity = package.Text("integrity"),
            Origin = Specifier.OriginOf(resolved),
            HasInstallScript = package.Truth("hasInstallScript"),
        };
    }

    private sealed record Installed(int Offset, PackageEntry Package) : JsonPart(Offset);
}
