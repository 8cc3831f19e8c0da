using Canary.Packages.Json;

namespace Canary.Packages.Npm;

/// <summary>
/// <c>package.json</c>: of an installed package its name and version, also where no lockfile names it, as in a global installation; of a
/// project what no registry or no range stands between: URLs, repositories, exact versions.
/// </summary>
public sealed class PackageJsonReader : IPackageFileReader
{
    private const string Modules = "node_modules";

    internal static readonly string[] Kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

    private static readonly string[] InstallScripts = ["preinstall", "install", "postinstall"];

    public string Format => "package.json";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name is "package.json" && (Installed(directory).Length > 0 || !Within(directory));

    public void Read(SourceFile file, Inventory into)
    {
        var manifest = JsonFile.ReadMap(file);
        if (Installed(file.Directory) is { Length: > 0 } installed)
            into.Add(InstalledPackage(file, manifest, installed.ToString()));
        else
            ReadProject(file, manifest, into);
    }

    private static PackageEntry InstalledPackage(SourceFile file, JsonMap manifest, string installed)
    {
        string name = manifest.Text("name") is { Length: > 0 } own ? own : installed;
        int offset = manifest.Members.Where(m => m.Name == "version").Select(m => m.Offset).DefaultIfEmpty(manifest.Offset).Last();
        string? resolved = manifest.Text("_resolved");
        return new PackageEntry(Ecosystem.Npm, name, manifest.Text("version"), file.Path, file.LineOf(offset))
        {
            Alias = name == installed ? null : installed,
            Resolved = resolved,
            Integrity = manifest.Text("_integrity") is { Length: > 0 } integrity ? integrity : null,
            Origin = Specifier.OriginOf(resolved),
            // npm runs node-gyp for a binding.gyp, unless gypfile is false or install scripts stand in its place.
            HasInstallScript = manifest.Map("scripts") is { } scripts && InstallScripts.Any(s => scripts.Text(s) is { Length: > 0 })
                || (manifest.Find("gypfile") is not JsonTruth { Value: false } && file.Open(file.Directory + "/binding.gyp") is not null),
        };
    }

    private static void ReadProject(SourceFile file, JsonMap manifest, Inventory into)
    {
        foreach (string kind in Kinds)
        {
            if (manifest.Find(kind) is { } wrong and not (JsonMap or JsonNull or JsonList { Items.Count: 0 }))
                into.Unread(file.Path, file.LineOf(wrong.Offset), $"package.json: '{kind}' is not an object");
            foreach (var (offset, asked, value) in manifest.Map(kind)?.Members ?? [])
            {
                if (value is not JsonText { Text: var requested })
                {
                    into.Unread(file.Path, file.LineOf(offset), $"package.json: a dependency in '{kind}' is not a text");
                    continue;
                }

                var (name, range) = Specifier.Unaliased(asked, requested);
                var origin = IsShorthand(range) ? PackageOrigin.Git : Specifier.OriginOf(range);
                bool exact = IsExact(range);
                if (!exact && origin is not (PackageOrigin.Git or PackageOrigin.Url))
                    continue;
                into.Add(new PackageEntry(Ecosystem.Npm, name, exact ? range.TrimStart('=', 'v', ' ') : null, file.Path, file.LineOf(offset))
                {
                    Alias = name == asked ? null : asked,
                    Requested = requested,
                    Direct = true,
                    Dev = kind == "devDependencies",
                    Origin = origin,
                    Resolved = exact ? null : requested,
                });
            }
        }
    }

    /// <summary>The name of the package that is installed in this very directory; empty where none is.</summary>
    private static ReadOnlySpan<char> Installed(ReadOnlySpan<char> directory)
    {
        int last = directory.LastIndexOf('/');
        var name = directory[(last + 1)..];
        var above = last < 0 ? default : directory[..last];
        if (name.IsEmpty || name[0] is '.' or '@')
            return default;
        int scope = above.LastIndexOf('/') + 1;
        if (above.Length > scope && above[scope] == '@')
            return EndsInModules(above[..Math.Max(0, scope - 1)]) ? directory[scope..] : default;
        return EndsInModules(above) ? name : default;
    }

    private static bool EndsInModules(ReadOnlySpan<char> directory) =>
        directory.EndsWith(Modules, StringComparison.Ordinal) && (directory.Length == Modules.Length || directory[^(Modules.Length + 1)] == '/');

    private static bool Within(ReadOnlySpan<char> directory)
    {
        foreach (var part in directory.Split('/'))
        {
            if (directory[part] is Modules)
                return true;
        }

        return false;
    }

    /// <summary><c>owner/repository</c>, which npm takes for one on GitHub.</summary>
    private static bool IsShorthand(string range) =>
        range.Length > 2 && char.IsAsciiLetterOrDigit(range[0]) && range.Split('#')[0] is var place && !place.Contains(':', StringComparison.Ordinal) && place.Count(c => c == '/') == 1;

    private static bool IsExact(string range)
    {
        string bare = range.TrimStart('=', 'v', ' ');
        int end = bare.AsSpan().IndexOfAny('-', '+');
        string[] numbers = (end < 0 ? bare : bare[..end]).Split('.');
        return numbers.Length == 3 && numbers.All(n => n.Length is > 0 and < 17 && n.All(char.IsAsciiDigit));
    }
}
