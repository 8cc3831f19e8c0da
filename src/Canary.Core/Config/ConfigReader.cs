using Canary.Findings;
using Canary.Yaml;

namespace Canary.Config;

/// <summary>The sections of canary.yml, each with its built-in values.</summary>
internal static class ConfigReader
{
    public static CanaryConfig Read(string text, string file, Diagnostics diagnostics, ICollection<ConfigKey>? every = null)
    {
        var found = new Diagnostics();
        var config = Sections(text, file, found, every);
        foreach (var fault in found.All.OrderBy(f => f.Line).ThenBy(f => f.Column))
            diagnostics.Add(fault.File, fault.Line, fault.Column, fault.Message, fault.Unsupported);
        return config;
    }

    private static CanaryConfig Sections(string text, string file, Diagnostics diagnostics, ICollection<ConfigKey>? every)
    {
        var documents = YamlReader.ReadAll(text, file, diagnostics);
        if (documents.Count > 1)
            diagnostics.Add(documents[1], "a second document is not read; remove the '---' line");
        var root = new Section(documents.Count > 0 ? documents[0] : null, "", diagnostics, every);
        string directory = Path.GetDirectoryName(Path.GetFullPath(file)) ?? "";
        var config = new CanaryConfig(
            file, [], Agents(root.Maps("agents"), diagnostics, every),
            Rules(root.Map("rules"), directory), Sensors(root.Map("sensors")), Alerts(root.Map("alerts")),
            EmailReader.Read(root.Map("email"), directory), ScanReader.Read(root.Map("scan"), diagnostics, every),
            ModelsReader.Read(root.Map("models"), directory, diagnostics, every));
        root.End();
        return config;
    }

    private static List<AgentProfile> Agents(YamlNode? node, Diagnostics diagnostics, ICollection<ConfigKey>? every)
    {
        var agents = new List<AgentProfile>();
        if (node is not null and not YamlList)
            diagnostics.Add(node, "'agents' must be a list, each entry with a 'name'");
        // Without a list one absent entry is read, for the names of its keys alone.
        IEnumerable<YamlNode?> items = node is YamlList list ? list.Items : Enumerable.Repeat<YamlNode?>(null, every is null ? 0 : 1);
        foreach (var item in items)
        {
            var section = new Section(item, "agents", diagnostics, every);
            string? name = section.Text("name");
            var agent = new AgentProfile(name ?? "")
            {
                Title = section.Text("title") ?? "",
                Basenames = section.Texts("basenames"),
                Paths = section.Texts("paths"),
                Packages = section.Texts("packages"),
                Arguments = section.Texts("arguments"),
                SessionFiles = section.Texts("session_files"),
                SessionOptions = section.Texts("session_options"),
                SessionVariables = section.Texts("session_variables"),
            };
            section.End();
            if (item is not YamlMap)
                continue;
            if (name is null)
                diagnostics.Add(item, "an agent needs a 'name'");
            else if (agent.IsEmpty)
                diagnostics.Add(item, $"nothing tells agent '{name}' from another program; give 'basenames', 'paths', 'packages' or 'arguments'");
            agents.Add(agent);
        }

        return agents;
    }

    private static RulesConfig Rules(Section section, string directory)
    {
        var directories = section.Texts("directories").Select(d => Path.GetFullPath(d, directory)).ToList();
        var placeholders = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, value) in section.Entries("placeholders"))
            placeholders[name.Text] = section.Texts(value, "rules.placeholders." + name.Text);
        var rules = new RulesConfig(directories, placeholders, section.Texts("disable"));
        section.End();
        return rules;
    }

    private static SensorsConfig Sensors(Section section)
    {
        var sensors = new SensorsConfig(
            Absolute(section, "sensitive_paths"), Absolute(section, "not_sensitive_paths"),
            section.Boolean("all_network", false), section.Boolean("syscall_tracepoints", true));
        section.End();
        return sensors;
    }

    private static IReadOnlyList<string> Absolute(Section section, string key)
    {
        var paths = section.Texts(key);
        foreach (string path in paths)
        {
            if (path[0] is not ('/' or '~' or '*') && !Path.IsPathRooted(path))
                section.Fault(key, $"'{path}' in 'sensors.{key}' must be absolute, or begin with ~ for every home directory");
        }

        return paths;
    }

    private static AlertsConfig Alerts(Section section)
    {
        var rate = section.Map("rate_limit");
        var alerts = new AlertsConfig(
            section.Level("console_level", Level.Low),
            section.Duration("group_window", TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1)),
            section.Duration("repeat_interval", TimeSpan.FromHours(4), TimeSpan.FromSeconds(1)),
            rate.Integer("alerts", 30, 1, 100_000),
            rate.Duration("per", TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1)),
            section.Duration("retention", TimeSpan.FromDays(90), TimeSpan.FromHours(1)),
            section.Size("size_limit", 256L << 20, 1L << 20));
        rate.End();
        section.End();
        return alerts;
    }
}
