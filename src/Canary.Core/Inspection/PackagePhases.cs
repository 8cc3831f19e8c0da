using Canary.Packages;
using Canary.Packages.Json;

namespace Canary.Inspection;

/// <summary>Which files of one package run by themselves, and when: by their names, and by what its manifest says.</summary>
public sealed class PackagePhases
{
    private const int MostScript = 4096;

    // npm runs these of a dependency; the others only of a repository that somebody works in.
    private static readonly string[] DependencyScripts = ["preinstall", "install", "postinstall"];
    private static readonly string[] OwnScripts = [.. DependencyScripts, "prepare", "preprepare", "postprepare", "prepublish"];

    private readonly PackageFolder _folder;
    private readonly Dictionary<string, List<string>> _phases = new(StringComparer.Ordinal);

    private PackagePhases(PackageFolder folder) => _folder = folder;

    /// <summary>The package's own word for its version; null where its manifest has none.</summary>
    public string? Version { get; private set; }

    /// <summary>As <c>postinstall: node x.js</c>.</summary>
    public string[] Scripts { get; private set; } = [];

    /// <param name="files">Below the folder, with <c>/</c>.</param>
    /// <param name="read">The bytes of one of them; null when it cannot be read.</param>
    public static PackagePhases Of(PackageFolder folder, IReadOnlyCollection<string> files, Func<string, ReadOnlyMemory<byte>?> read)
    {
        var phases = new PackagePhases(folder) { Version = folder.Version };
        foreach (string file in files)
            phases.ByName(file);
        var all = new HashSet<string>(files, StringComparer.Ordinal);
        foreach (string manifest in files.Where(f => Name(f) is "package.json" or "composer.json" && (!folder.IsPackage || !f.Contains('/', StringComparison.Ordinal))))
        {
            if (read(manifest) is { } bytes && Map(manifest, bytes) is { } map)
                phases.ByManifest(manifest, map, all);
        }

        return phases;
    }

    /// <summary>The phases of a file, by its path below the folder.</summary>
    public string[] this[string within] => _phases.TryGetValue(within, out var phases) ? [.. phases] : [];

    private void Add(string within, string phase)
    {
        if (!_phases.TryGetValue(within, out var phases))
            _phases[within] = phases = [];
        if (!phases.Contains(phase))
            phases.Add(phase);
    }

    private void ByName(string within)
    {
        string name = Name(within);
        switch (name)
        {
            case "binding.gyp" or "extconf.rb" or "mkrf_conf.rb" or "init.ps1" or "install.ps1" or "uninstall.ps1" or "setup.py":
                Add(within, Phase.Install);
                break;
            case "build.rs":
                Add(within, Phase.Build);
                break;
            case "sitecustomize.py" or "usercustomize.py":
                Add(within, Phase.Start);
                break;
            case "__init__.py" when within == name:
                Add(within, Phase.Import);
                break;
            case "index.js" when within == name && _folder.Ecosystem == Ecosystem.Npm:
                Add(within, Phase.Import);
                break;
        }

        if (name.EndsWith(".pth", StringComparison.Ordinal))
            Add(within, Phase.Start);
        else if (IsBuildFile(within, name))
            Add(within, Phase.Build);
    }

    private static bool IsBuildFile(string within, string name)
    {
        string? top = within.IndexOf('/', StringComparison.Ordinal) is > 0 and int slash ? within[..slash].ToLowerInvariant() : null;
        return name.EndsWith(".props", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".targets", StringComparison.OrdinalIgnoreCase)
            || (name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && top is "analyzers" or "build" or "buildtransitive" or "buildmultitargeting" or "tasks" or "sdk");
    }

    private void ByManifest(string path, JsonMap map, HashSet<string> files)
    {
        if (_folder.IsPackage)
            Version = map.Text("version") ?? Version;
        string directory = path.Contains('/', StringComparison.Ordinal) ? path[..(path.LastIndexOf('/') + 1)] : "";
        if (Name(path) == "composer.json")
            ByComposer(directory, map, files);
        else
            ByNpm(directory, map, files);
    }

    private void ByNpm(string directory, JsonMap map, HashSet<string> files)
    {
        var scripts = new List<string>();
        foreach (string name in _folder.IsPackage ? DependencyScripts : OwnScripts)
        {
            if (map.Map("scripts")?.Text(name) is not { Length: > 0 } command)
                continue;
            command = command.Length > MostScript ? command[..MostScript] : command;
            scripts.Add($"{name}: {command}");
            foreach (string file in Named(command, directory, files))
                Add(file, Phase.Install);
        }

        Scripts = [.. Scripts, .. scripts];
        if (map.Text("main") is { } main && Resolve(main, directory, files) is { } entry)
            Add(entry, _folder.Ecosystem == Ecosystem.VSCode ? Phase.Start : Phase.Import);
    }

    private void ByComposer(string directory, JsonMap map, HashSet<string> files)
    {
        foreach (var item in map.Map("autoload")?.List("files")?.Items ?? [])
        {
            if (item is JsonText { Text: var file } && Resolve(file, directory, files) is { } loaded)
                Add(loaded, Phase.Import);
        }

        if (map.Text("type") != "composer-plugin" || map.Map("extra")?.Find("class") is not { } plugin)
            return;
        foreach (var type in plugin is JsonList list ? list.Items : [plugin])
        {
            if (type is not JsonText { Text: var name })
                continue;
            string file = "/" + name[(name.LastIndexOf('\\') + 1)..] + ".php";
            foreach (string match in files.Where(f => ("/" + f).EndsWith(file, StringComparison.Ordinal)))
                Add(match, Phase.Install);
        }
    }

    private static IEnumerable<string> Named(string command, string directory, HashSet<string> files)
    {
        foreach (string word in command.Split([' ', '\t', '\n', ';', '&', '|', '"', '\'', '(', ')', '=', '<', '>', '`'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Resolve(word, directory, files) is { } file)
                yield return file;
        }
    }

    /// <summary>As Node finds a file: by its name, with an extension, as a directory's index.</summary>
    private static string? Resolve(string word, string directory, HashSet<string> files)
    {
        string bare = word.Replace('\\', '/');
        while (bare.StartsWith("./", StringComparison.Ordinal))
            bare = bare[2..];
        bare = directory + bare.TrimStart('/').TrimEnd('/');
        foreach (string end in (string[])["", ".js", ".cjs", ".mjs", "/index.js", "/index.cjs", "/index.mjs"])
        {
            if (files.Contains(bare + end))
                return bare + end;
        }

        return null;
    }

    private static JsonMap? Map(string path, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonFile.ReadMap(new SourceFile(path, bytes));
        }
        catch (UnreadableFileException)
        {
            // Its reader reports it; here it only says nothing of scripts.
            return null;
        }
    }

    private static string Name(string within) => within[(within.LastIndexOf('/') + 1)..];
}
