using System.Collections.Concurrent;
using System.Text;
using Canary.Packages;
using Canary.Packages.Toml;
using Canary.Yaml;

namespace Canary.Registries;

/// <summary>From which registries npm, pnpm, yarn and bun take packages, by the settings of the tree and of the user.</summary>
internal sealed class NpmSources(SettingsFiles files, UserRegistries user)
{
    private readonly ConcurrentDictionary<string, List<Source>> _known = new(StringComparer.Ordinal);

    /// <summary>Why a package without an URL of its own may have come from elsewhere; null where it cannot.</summary>
    public string? WhyWithheld(PackageEntry entry, IRegistry registry)
    {
        string? scope = entry.Name.StartsWith('@') && entry.Name.IndexOf('/', StringComparison.Ordinal) is > 0 and int slash ? entry.Name[..slash] : null;
        var named = new List<Source>();
        try
        {
            foreach (string directory in files.Upwards(entry.File).Concat(user.Home is { } home ? [home] : []))
                named.AddRange(_known.GetOrAdd(directory, Of));
            foreach (string file in user.NpmFiles)
                named.AddRange(OfLines(Path.GetDirectoryName(file)!, Path.GetFileName(file)));
        }
        catch (UnreadableFileException)
        {
            return "a file that names registries cannot be read";
        }

        var scoped = named.Where(s => s.Scope == scope && scope is not null).ToList();
        var decisive = scoped.Count > 0 ? scoped : [.. named.Where(s => s.Scope is null), .. user.Npm.Select(r => new Source(null, r, "the environment"))];
        return decisive.FirstOrDefault(s => !PublicNames.IsPublic(s.Address, registry)) is { } other ? $"{other.Place} names another registry for it" : null;
    }

    private IEnumerable<Source> OfLines(string directory, string name) =>
        from line in files.Open(directory, name) is { } file ? NpmrcFile.Read(file) : []
        let isScoped = line.Key.EndsWith(":registry", StringComparison.Ordinal)
        where isScoped || line.Key == "registry"
        select new Source(isScoped ? line.Key[..^":registry".Length] : null, line.Value, name);

    private List<Source> Of(string directory)
    {
        List<Source> found = [.. OfLines(directory, ".npmrc"), .. OfLines(directory, ".yarnrc")];
        var yarn = SettingsText.Yaml(files.Open(directory, ".yarnrc.yml"));
        Add("", (yarn?.Find("npmRegistryServer") as YamlScalar)?.Text, ".yarnrc.yml");
        foreach (var (scope, value) in (yarn?.Find("npmScopes") as YamlMap)?.Entries ?? [])
            Add("@" + scope.Text, ((value as YamlMap)?.Find("npmRegistryServer") as YamlScalar)?.Text, ".yarnrc.yml");
        var pnpm = SettingsText.Yaml(files.Open(directory, "pnpm-workspace.yaml"));
        Add("", (pnpm?.Find("registry") as YamlScalar)?.Text, "pnpm-workspace.yaml");
        foreach (var (scope, value) in (pnpm?.Find("registries") as YamlMap)?.Entries ?? [])
            Add(scope.Text == "default" ? "" : scope.Text, (value as YamlScalar)?.Text, "pnpm-workspace.yaml");
        var bun = SettingsText.Toml(files.Open(directory, "bunfig.toml"))?.Table("install");
        Add("", bun?.Text("registry") ?? bun?.Table("registry")?.Text("url"), "bunfig.toml");
        foreach (var (scope, value) in bun?.Table("scopes")?.Members ?? [])
            Add(scope.StartsWith('@') ? scope : "@" + scope, value is TomlText text ? text.Text : (value as TomlTable)?.Text("url") ?? "", "bunfig.toml");
        return found;

        void Add(string? scope, string? address, string place)
        {
            if (scope is not null && address is not null)
                found.Add(new Source(scope.Length == 0 ? null : scope, address, place));
        }
    }

    private sealed record Source(string? Scope, string Address, string Place);
}

/// <summary>Settings in YAML and TOML: what is not sound is unreadable, since half a file may hide what matters.</summary>
internal static class SettingsText
{
    public static YamlMap? Yaml(SourceFile? file)
    {
        if (file is null)
            return null;
        var faults = new Diagnostics();
        var documents = YamlReader.ReadAll(Encoding.UTF8.GetString(file.Bytes.Span), file.Path, faults);
        return faults.Count == 0 ? (documents.Count > 0 ? documents[0] as YamlMap : null) : throw new UnreadableFileException(faults.All[0].Line, "not YAML from here on");
    }

    public static TomlTable? Toml(SourceFile? file)
    {
        if (file is null)
            return null;
        var faults = new Inventory();
        var table = TomlFile.Read(file, faults);
        return faults.UnreadParts.Count == 0 ? table : throw new UnreadableFileException(faults.UnreadParts[0].Line, faults.UnreadParts[0].Reason);
    }
}
