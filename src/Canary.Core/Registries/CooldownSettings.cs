using System.Globalization;
using Canary.Packages;
using Canary.Packages.Toml;
using Canary.Packages.Xml;
using Canary.Yaml;

namespace Canary.Registries;

/// <summary>
/// How old a version has to be before the package managers of a tree may take it, as their own settings say. For several threads.
/// </summary>
public sealed class CooldownSettings
{
    private readonly SettingsFiles _files;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Directory, string Tool), CooldownRule?> _rules = [];
    private readonly List<UnreadPart> _unread = [];

    private CooldownSettings(string root) => _files = new SettingsFiles(root);

    /// <summary>Settings that could not be read, or have a value that says nothing: what they ask for was not held against the tree.</summary>
    public IReadOnlyList<UnreadPart> Unread
    {
        get
        {
            lock (_gate)
                return [.. _unread];
        }
    }

    /// <summary>Whether files of this name hold such settings, or those of registries.</summary>
    public static bool Reads(string name) =>
        name is ".npmrc" or ".yarnrc" or ".yarnrc.yml" or "pnpm-workspace.yaml" or "bunfig.toml" or "uv.toml" or "pyproject.toml" || NuGetSources.ConfigNames.Contains(name);

    /// <param name="root">Of the scan: a directory, or one file. Its files are read when they are asked for.</param>
    public static CooldownSettings Read(string root) => new(root);

    /// <summary>What holds for an entry: the setting of its package manager that is nearest to its file. Null where nobody set one.</summary>
    public CooldownRule? Of(PackageEntry entry)
    {
        string tool = ToolOf(entry);
        if (tool.Length == 0)
            return null;
        foreach (string directory in _files.Within(entry.File))
        {
            if (In(directory, tool) is { } rule)
                return rule;
        }

        return null;
    }

    private CooldownRule? In(string directory, string tool)
    {
        lock (_gate)
        {
            if (_rules.TryGetValue((directory, tool), out var known))
                return known;
            CooldownRule? rule = null;
            foreach (var (name, reader) in Readers(tool))
            {
                try
                {
                    if (rule is null && _files.Open(directory, name) is { } file)
                        rule = reader(file);
                }
                catch (UnreadableFileException e)
                {
                    _unread.Add(new UnreadPart(Path.GetRelativePath(_files.Root, Path.Combine(directory, name)).Replace('\\', '/'), e.Line, "settings of age: " + e.Message));
                }
            }

            return _rules[(directory, tool)] = rule;
        }
    }

    private static string ToolOf(PackageEntry entry) => entry.Ecosystem switch
    {
        Ecosystem.NuGet => "nuget",
        Ecosystem.PyPI => "uv",
        Ecosystem.Npm => entry.File[(entry.File.LastIndexOf('/') + 1)..] switch
        {
            "pnpm-lock.yaml" => "pnpm",
            "yarn.lock" => "yarn",
            "bun.lock" => "bun",
            _ => "npm",
        },
        _ => "",
    };

    private static (string Name, Func<SourceFile, CooldownRule?> Read)[] Readers(string tool) => tool switch
    {
        "npm" => [(".npmrc", OfNpm)],
        "pnpm" => [("pnpm-workspace.yaml", OfPnpm), (".npmrc", OfPnpmrc)],
        "yarn" => [(".yarnrc.yml", OfYarn)],
        "bun" => [("bunfig.toml", OfBun)],
        "uv" => [("uv.toml", OfUv), ("pyproject.toml", OfPyproject)],
        _ => [.. NuGetSources.ConfigNames.Select(name => (name, (Func<SourceFile, CooldownRule?>)OfNuGet))],
    };

    /// <summary>npm: <c>min-release-age</c> in days, or <c>before</c>, a time (https://docs.npmjs.com/cli/using-npm/config).</summary>
    private static CooldownRule? OfNpm(SourceFile file)
    {
        CooldownRule? rule = null;
        var except = new List<string>();
        foreach (var (key, value, line) in NpmrcFile.Read(file))
        {
            if (key == "min-release-age")
                rule = CooldownRule.Younger(Number(value, line, TimeSpan.FromDays(1)), file, line, key);
            else if (key == "before" && value is not ("" or "null"))
                rule = CooldownRule.After(Time(value, line), file, line, key);
            else if (key is "min-release-age-exclude" or "min-release-age-exclude[]")
                except.AddRange(value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        return rule is null ? null : rule with { Except = except };
    }

    private static CooldownRule? OfPnpmrc(SourceFile file)
    {
        var (_, value, line) = NpmrcFile.Read(file).LastOrDefault(l => l.Key is "minimum-release-age");
        return value is null ? null : CooldownRule.Younger(Number(value, line, TimeSpan.FromMinutes(1)), file, line, "minimum-release-age");
    }

    /// <summary>pnpm: minutes (https://pnpm.io/settings#minimumreleaseage).</summary>
    private static CooldownRule? OfPnpm(SourceFile file) => OfYaml(file, "minimumReleaseAge", "minimumReleaseAgeExclude");

    /// <summary>yarn: minutes, or a number with a unit (https://yarnpkg.com/configuration/yarnrc#npmMinimalAgeGate).</summary>
    private static CooldownRule? OfYarn(SourceFile file) => OfYaml(file, "npmMinimalAgeGate", "npmPreapprovedPackages");

    private static CooldownRule? OfYaml(SourceFile file, string key, string except)
    {
        var root = SettingsText.Yaml(file);
        if (root?.Find(key) is not { } value)
            return null;
        return CooldownRule.Younger(Number((value as YamlScalar)?.Text ?? "", value.Line, TimeSpan.FromMinutes(1)), file, value.Line, key) with
        {
            Except = [.. ((root.Find(except) as YamlList)?.Items ?? []).OfType<YamlScalar>().Select(s => s.Text)],
        };
    }

    /// <summary>bun: seconds (https://bun.com/docs/runtime/bunfig).</summary>
    private static CooldownRule? OfBun(SourceFile file)
    {
        var install = SettingsText.Toml(file)?.Table("install");
        if (install?.Find("minimumReleaseAge") is not { } value)
            return null;
        return CooldownRule.Younger(Number(install.Written("minimumReleaseAge") ?? "", value.Line, TimeSpan.FromSeconds(1)), file, value.Line, "minimumReleaseAge") with
        {
            Except = [.. install.Items("minimumReleaseAgeExcludes").OfType<TomlText>().Select(t => t.Text)],
        };
    }

    private static CooldownRule? OfPyproject(SourceFile file) => OfUv(file, SettingsText.Toml(file)?.Table("tool")?.Table("uv"));

    private static CooldownRule? OfUv(SourceFile file) => OfUv(file, SettingsText.Toml(file));

    /// <summary>uv: a day, a time, or how long ago (https://docs.astral.sh/uv/reference/settings/#exclude-newer).</summary>
    private static CooldownRule? OfUv(SourceFile file, TomlTable? uv)
    {
        if (uv?.Find("exclude-newer") is not { } value || uv.Written("exclude-newer") is not { } text)
            return null;
        const string Key = "exclude-newer";
        var rule = CooldownAge.TryRead(text, TimeSpan.Zero) is { } age ? CooldownRule.Younger(age, file, value.Line, Key) : CooldownRule.After(Time(text, value.Line), file, value.Line, Key);
        return rule with { Except = [.. uv.Table("exclude-newer-package")?.Members.Keys ?? Enumerable.Empty<string>()] };
    }

    /// <summary>NuGet: hours, of each source (https://github.com/NuGet/Home/pull/14983). Of several the strictest.</summary>
    private static CooldownRule? OfNuGet(SourceFile file)
    {
        var root = XmlFile.Read(file);
        CooldownRule? rule = null;
        foreach (var source in root.All("packageSources").SelectMany(s => s.All("add")))
        {
            if (source.Mark("minPublishAgeHours") is { } hours && Number(hours, source.Line, TimeSpan.FromHours(1)) is var age && !(rule?.Age >= age))
                rule = CooldownRule.Younger(age, file, source.Line, "minPublishAgeHours");
        }

        return rule is null ? null : rule with
        {
            Except = [.. root.All("minPublishAgeExceptions").SelectMany(e => e.Descendants()).Where(e => e.Is("package") || e.Is("add")).Select(e => e.Mark("pattern") ?? e.Mark("key")).OfType<string>()],
        };
    }

    private static TimeSpan Number(string text, int line, TimeSpan unit) =>
        CooldownAge.TryRead(text, unit) ?? throw new UnreadableFileException(line, "no age that can be understood");

    private static DateTimeOffset Time(string text, int line)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            throw new UnreadableFileException(line, "no time that can be understood");
        // uv takes a day as a whole: what was published on it is in.
        return text.Length == "yyyy-MM-dd".Length ? at.AddDays(1) : at;
    }
}
