using System.Globalization;
using Canary.Packages.Json;

namespace Canary.Packages.Php;

/// <summary>Composer's <c>composer.lock</c> (https://getcomposer.org/doc/01-basic-usage.md) and the <c>installed.json</c> of a vendor directory.</summary>
public sealed class ComposerLockReader : IPackageFileReader
{
    public string Format => "composer.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name is "composer.lock" || name is "installed.json" && (directory is "vendor/composer" || directory.EndsWith("/vendor/composer"));

    public void Read(SourceFile file, Inventory into)
    {
        // Composer 1 wrote a bare list into installed.json.
        var root = JsonFile.Read(file);
        if (root is JsonList bare)
            Packages(file, bare, into, null);
        else if (root is not JsonMap map || map.Find("packages") is null)
            throw new UnreadableFileException(1, "has no 'packages'");
        else
        {
            bool installed = file.Name == "installed.json";
            var dev = map.List("dev-package-names")?.Items.OfType<JsonText>().Select(t => t.Text).ToHashSet(StringComparer.Ordinal);
            Packages(file, map.Find("packages"), into, name => installed ? dev?.Contains(name) : false);
            Packages(file, map.Find("packages-dev"), into, _ => true);
        }
    }

    private static void Packages(SourceFile file, JsonPart? packages, Inventory into, Func<string, bool?>? isDev)
    {
        if (packages is null or JsonNull)
            return;
        if (packages is not JsonList list)
        {
            into.Unread(file.Path, file.LineOf(packages.Offset), "a list of packages that is none");
            return;
        }

        foreach (var item in list.Items)
        {
            if (item is not JsonMap package || package.Find("name") is not JsonText name)
                into.Unread(file.Path, file.LineOf(item.Offset), "a package without a name");
            else
                into.Add(Entry(file, package, name) with { Dev = isDev?.Invoke(name.Text) });
        }
    }

    private static PackageEntry Entry(SourceFile file, JsonMap package, JsonText name)
    {
        JsonMap? source = package.Map("source"), dist = package.Map("dist");
        string? kind = dist?.Text("type"), url = dist?.Text("url"), reference = source?.Text("reference") ?? dist?.Text("reference");
        string? shasum = dist?.Text("shasum"), time = package.Text("time");
        bool git = dist is null && source is not null;
        return new PackageEntry(Ecosystem.Packagist, name.Text, package.Text("version"), file.Path, file.LineOf(name.Offset))
        {
            Origin = git ? PackageOrigin.Git : kind == "path" ? PackageOrigin.Local : PackageOrigin.Registry,
            Resolved = git && reference is not null ? $"{source!.Text("url")}#{reference}" : url ?? source?.Text("url"),
            // Packagist serves no checksum: the commit is what holds the code fast.
            Integrity = string.IsNullOrEmpty(shasum) ? reference : "sha1:" + shasum,
            Published = DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null,
            // Plugins run whenever Composer does.
            HasInstallScript = package.Text("type") is "composer-plugin" or "composer-installer",
        };
    }
}
