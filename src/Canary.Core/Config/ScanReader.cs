using Canary.Findings;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Config;

/// <summary>The section <c>scan:</c>.</summary>
internal static class ScanReader
{
    private const int MostPattern = 500;

    /// <summary>OSV's names of the ecosystems whose registries can be named.</summary>
    internal static readonly IReadOnlyList<string> Ecosystems =
    [
        "npm", "NuGet", "PyPI", "crates.io", "Go", "RubyGems", "Packagist", "Maven", "Hex", "Pub", "SwiftURL", "ConanCenter", "CRAN", "Bioconductor",
        "CocoaPods", "JSR", "Deno", "VSCode", "GitHub Actions", "Docker",
    ];

    // npm's own bound between what is new and what is settled (https://docs.npmjs.com/policies/unpublish).
    private static readonly TimeSpan NewFor = TimeSpan.FromDays(3);

    private static readonly TimeSpan LongestWaiver = TimeSpan.FromDays(365);

    public static ScanConfig Read(Section section, Diagnostics diagnostics, ICollection<ConfigKey>? every)
    {
        var scan = new ScanConfig(
            Globs(section, "exclude"), section.Level("fail_on", Level.High), section.Duration("cooldown", NewFor, TimeSpan.Zero), Globs(section, "internal"),
            Registries(section), section.Duration("waiver_max_age", TimeSpan.FromDays(90), TimeSpan.FromDays(1)),
            Waivers(section.Maps("waivers"), diagnostics, every));
        if (scan.WaiverMaxAge > LongestWaiver)
            section.Fault("waiver_max_age", $"'scan.waiver_max_age' must be at most {Duration.Write(LongestWaiver)}: what is waived for longer is not looked at again");
        section.End();
        return scan;
    }

    /// <summary>The waivers alone, as a canary.yml below the root of a tree may bring them.</summary>
    public static IReadOnlyList<Waiver> WaiversOf(string text, string file, Diagnostics diagnostics)
    {
        var faults = new Diagnostics();
        var scan = YamlReader.ReadAll(text, file, faults) is [YamlMap root, ..] ? root.Find("scan") as YamlMap : null;
        // Other programs have a canary.yml, too; only a fault in what is ours is one.
        if (scan is null && !text.Contains("waivers:", StringComparison.Ordinal))
            return [];
        var waivers = Waivers(scan?.Find("waivers") is YamlScalar { IsNull: true } ? null : scan?.Find("waivers"), faults, null);
        foreach (var fault in faults.All)
            diagnostics.Add(fault.File, fault.Line, fault.Column, fault.Message, fault.Unsupported);
        return waivers;
    }

    private static IReadOnlyList<string> Globs(Section section, string key)
    {
        var globs = section.Texts(key);
        foreach (string glob in globs)
        {
            if (IsUnsound(glob))
                section.Fault(key, $"'{Printable.Line(glob, 80)}' in 'scan.{key}' is no glob within the tree; write it with / and without .. , as in tests/fixtures/**");
        }

        return globs;
    }

    private static bool IsUnsound(string glob) =>
        glob.Length > MostPattern || glob.Contains('\\') || glob.StartsWith('/') || glob.Trim('*', '/').Length == 0 || glob.Split('/').Any(part => part is "." or "..") || glob.Any(char.IsControl);

    private static Dictionary<string, IReadOnlyList<string>> Registries(Section section)
    {
        var registries = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, value) in section.Entries("registries"))
        {
            string? ecosystem = Ecosystems.FirstOrDefault(e => e.Equals(name.Text, StringComparison.OrdinalIgnoreCase));
            if (ecosystem is null)
                section.Fault("registries", name, $"'{Printable.Line(name.Text, 60)}' in 'scan.registries' is no ecosystem{Nearest.Suggestion(name.Text, Ecosystems)}; known are {string.Join(", ", Ecosystems)}");
            var hosts = section.Texts(value, "scan.registries." + name.Text);
            foreach (string host in hosts.Where(h => !IsHost(h)))
                section.Fault("registries", value, $"'{Printable.Line(host, 80)}' in 'scan.registries.{Printable.Line(name.Text, 60)}' is no host; write it without scheme, port and path, as in npm.example.org");
            if (ecosystem is not null)
                registries[ecosystem] = hosts;
        }

        return registries;
    }

    private static bool IsHost(string text) => Uri.CheckHostName(text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text) != UriHostNameType.Unknown;

    private static List<Waiver> Waivers(YamlNode? node, Diagnostics diagnostics, ICollection<ConfigKey>? every)
    {
        var waivers = new List<Waiver>();
        if (node is not null and not YamlList)
            diagnostics.Add(node, "'scan.waivers' must be a list, each entry with 'id', 'reason', 'owner' and 'expires'");
        // Without a list one absent entry is read, for the names of its keys alone.
        IEnumerable<YamlNode?> entries = node is YamlList list ? list.Items : Enumerable.Repeat<YamlNode?>(null, every is null ? 0 : 1);
        foreach (var entry in entries)
        {
            if (One(entry, diagnostics, every) is { } waiver)
                waivers.Add(waiver);
        }

        return waivers;
    }

    private static Waiver? One(YamlNode? node, Diagnostics diagnostics, ICollection<ConfigKey>? every)
    {
        var section = new Section(node, "scan.waivers", diagnostics, every);
        string? rule = section.Text("id"), package = section.Text("package"), versions = section.Text("versions"), registry = section.Text("registry");
        string? file = section.Text("file"), reason = section.Text("reason"), owner = section.Text("owner");
        var expires = section.Date("expires");
        section.End();
        if (node is not YamlMap map)
            return null;
        int before = diagnostics.Count;
        Need(section, "id", rule, "the rule that it is about, by id or slug");
        Need(section, "reason", reason, "why this is no danger here");
        Need(section, "owner", owner, "who answers for it");
        Need(section, "expires", expires?.ToString(Section.DateForm, System.Globalization.CultureInfo.InvariantCulture), "the last day on which it holds, as 2026-12-31");
        if (package is null && file is null)
            section.Fault("package", "a waiver needs 'package' or 'file': a whole rule is left out with 'rules.disable'");
        if (package is not null && versions is null && !section.Has("versions"))
            section.Fault("versions", "a waiver of a package needs 'versions', as in \"<2.0.0\"; \"*\" waives those that are not out yet, too");
        if (package is null && (versions ?? registry) is not null)
            section.Fault("package", "'versions' and 'registry' say nothing without 'package'");
        if (registry is not null && !IsHost(registry))
            section.Fault("registry", $"'{Printable.Line(registry, 80)}' is no host; write it without scheme, port and path, as in npm.example.org");
        if (file is not null && IsUnsound(file))
            section.Fault("file", $"'{Printable.Line(file, 80)}' is no glob within the tree; write it with / and without .. , as in tests/fixtures/**");
        return diagnostics.Count == before && rule is not null && reason is not null && owner is not null && expires is { } day
            ? new Waiver(rule, package, versions, registry, file, reason, owner, day, map) : null;
    }

    private static void Need(Section section, string key, string? value, string meaning)
    {
        if (value is null && !section.Has(key))
            section.Fault(key, $"a waiver needs '{key}': {meaning}");
    }
}
