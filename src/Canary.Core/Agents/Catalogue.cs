using System.IO.Enumeration;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Agents;

/// <summary>Which executed program is which agent. Immutable; a reload makes another.</summary>
public sealed class Catalogue
{
    private static readonly string[] Keys = ["name", "title", "basenames", "paths", "packages", "arguments", "session_files", "session_options", "session_variables"];

    private readonly Dictionary<string, AgentProfile> _byBasename = new(StringComparer.Ordinal);

    private Catalogue(IReadOnlyList<AgentProfile> profiles)
    {
        Profiles = profiles;
        foreach (var profile in profiles)
        {
            foreach (string basename in profile.Basenames)
                _byBasename.TryAdd(basename, profile);
        }
    }

    public IReadOnlyList<AgentProfile> Profiles { get; }

    /// <summary>Every basename that tags a process, for a sensor that tags in the kernel.</summary>
    public IReadOnlyList<string> Basenames => [.. _byBasename.Keys];

    /// <summary>The catalogue that is built in, with what canary.yml adds.</summary>
    /// <param name="added">The value of <c>agents:</c> in canary.yml, or null.</param>
    public static Catalogue Load(YamlNode? added, Diagnostics diagnostics)
    {
        using var stream = typeof(Catalogue).Assembly.GetManifestResourceStream("agents/catalogue.yml")!;
        string text = new StreamReader(stream).ReadToEnd();
        var profiles = new List<AgentProfile>();
        foreach (var document in YamlReader.ReadAll(text, "catalogue.yml", diagnostics))
            Read((document as YamlMap)?.Find("agents"), profiles, diagnostics);
        Read(added, profiles, diagnostics);
        return new Catalogue(profiles);
    }

    /// <summary>True when path, package or arguments say it, not only the base name.</summary>
    public static bool IsConfirmed(AgentProfile profile, string image, string requested, IReadOnlyList<string> arguments)
    {
        string? script = Interpreters.IsOne(image) ? Interpreters.Script(arguments) : null;
        return Confirms(profile, image) || Confirms(profile, requested) || (script is not null && Confirms(profile, script))
            || ArgumentsMatch(profile, image, arguments);
    }

    /// <summary>The agent that this program is, and whether more than its base name says so; null for none.</summary>
    /// <param name="arguments">With the program's own name first, as the kernel has them.</param>
    public AgentProfile? Match(string image, string requested, IReadOnlyList<string> arguments, out bool verified)
    {
        foreach (var profile in Profiles)
        {
            if (IsConfirmed(profile, image, requested, arguments))
            {
                verified = true;
                return profile;
            }
        }

        // The script is the first argument that is no option: node --flag /path/cli.js …
        string? script = Interpreters.IsOne(image) ? Interpreters.Script(arguments) : null;
        verified = false;
        return ByBasename(image) ?? ByBasename(requested) ?? (script is null ? null : ByBasename(script));
    }

    private AgentProfile? ByBasename(string path) => _byBasename.GetValueOrDefault(Path.GetFileName(path));

    private static bool Confirms(AgentProfile profile, string path)
    {
        foreach (string pattern in profile.Paths)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false))
                return true;
        }

        foreach (string package in profile.Packages)
        {
            if (HoldsPackage(path, package))
                return true;
        }

        return false;
    }

    /// <summary>True when the path runs through the package's own folder under node_modules or site-packages.</summary>
    private static bool HoldsPackage(string path, string package)
    {
        foreach (string home in (ReadOnlySpan<string>)["/node_modules/", "/site-packages/"])
        {
            // The innermost one: a package's dependency is not the package.
            int at = path.LastIndexOf(home, StringComparison.Ordinal);
            if (at < 0)
                continue;
            var rest = path.AsSpan(at + home.Length);
            int end = rest.IndexOf('/');
            if (end > 0 && rest[0] == '@')
            {
                int second = rest[(end + 1)..].IndexOf('/');
                end = second < 0 ? -1 : end + 1 + second;
            }

            if (end > 0 && FileSystemName.MatchesSimpleExpression(package, rest[..end], ignoreCase: false))
                return true;
        }

        return false;
    }

    private static bool ArgumentsMatch(AgentProfile profile, string image, IReadOnlyList<string> arguments)
    {
        if (profile.Arguments.Count == 0 || arguments.Count < 2 || !Interpreters.IsOne(image))
            return false;
        string joined = string.Join(' ', arguments.Skip(1).Take(8));
        foreach (string pattern in profile.Arguments)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, joined, ignoreCase: false))
                return true;
        }

        return false;
    }

    private static void Read(YamlNode? list, List<AgentProfile> into, Diagnostics diagnostics)
    {
        if (list is null)
            return;
        if (list is not YamlList entries)
        {
            diagnostics.Add(list, "'agents' must be a list of entries with a name");
            return;
        }

        foreach (var node in entries.Items)
        {
            if (node is YamlMap map)
                ReadEntry(map, into, diagnostics);
            else
                diagnostics.Add(node, "an agent must be a map with a name");
        }
    }

    private static void ReadEntry(YamlMap map, List<AgentProfile> into, Diagnostics diagnostics)
    {
        foreach (var (key, _) in map.Entries)
        {
            if (!Keys.Contains(key.Text))
                diagnostics.Add(key, $"unknown key '{Printable.Line(key.Text, 60)}' of an agent{Nearest.Suggestion(key.Text, Keys)}");
        }

        if (map.Find("name") is not YamlScalar { Text.Length: > 0 and <= 64 } name)
        {
            diagnostics.Add(map, "an agent needs a name");
            return;
        }

        int known = into.FindIndex(p => p.Name == name.Text);
        var old = known < 0 ? new AgentProfile(name.Text) : into[known];
        var merged = old with
        {
            Title = (map.Find("title") as YamlScalar)?.Text ?? old.Title,
            Basenames = [.. old.Basenames, .. Words(map, "basenames", diagnostics)],
            Paths = [.. old.Paths, .. Words(map, "paths", diagnostics)],
            Packages = [.. old.Packages, .. Words(map, "packages", diagnostics)],
            Arguments = [.. old.Arguments, .. Words(map, "arguments", diagnostics)],
            SessionFiles = [.. old.SessionFiles, .. Words(map, "session_files", diagnostics)],
            SessionVariables = [.. old.SessionVariables, .. Words(map, "session_variables", diagnostics)],
            SessionOptions = [.. old.SessionOptions, .. Words(map, "session_options", diagnostics)],
        };
        if (merged.Basenames.Count + merged.Paths.Count + merged.Packages.Count + merged.Arguments.Count == 0)
            diagnostics.Add(map, $"agent '{Printable.Line(name.Text, 60)}' has nothing to know it by; give basenames, paths, packages or arguments");
        if (known < 0)
            into.Add(merged);
        else
            into[known] = merged;
    }

    private static IEnumerable<string> Words(YamlMap map, string key, Diagnostics diagnostics)
    {
        switch (map.Find(key))
        {
            case null:
                break;
            case YamlScalar one when !one.IsNull:
                yield return one.Text;
                break;
            case YamlList list:
                foreach (var item in list.Items)
                {
                    if (item is YamlScalar { Text.Length: > 0 } word)
                        yield return word.Text;
                    else
                        diagnostics.Add(item, $"'{key}' must be a list of words");
                }

                break;
            case { } other:
                diagnostics.Add(other, $"'{key}' must be a list of words");
                break;
        }
    }
}
