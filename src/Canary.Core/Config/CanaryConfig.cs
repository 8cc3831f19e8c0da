using Canary.Yaml;

namespace Canary.Config;

/// <summary>canary.yml as records. What the file leaves out has the built-in value.</summary>
/// <param name="Source">The file it came from; null for the built-in values.</param>
/// <param name="Agents">More agents for the catalogue, or more marks of known ones.</param>
/// <param name="PassedOver">Files that exist and were not read, each with the reason, in words for the user.</param>
/// <param name="Email">Null where no mail is to be sent.</param>
public sealed record CanaryConfig(
    string? Source, IReadOnlyList<string> PassedOver, IReadOnlyList<AgentProfile> Agents,
    RulesConfig Rules, SensorsConfig Sensors, AlertsConfig Alerts, EmailConfig? Email, ScanConfig Scan, ModelsConfig Models)
{
    public static CanaryConfig BuiltIn { get; } = Parse("", "built-in", new Diagnostics()) with { Source = null };

    /// <summary>Reads the first file of the search order that may be read. Every fault is in <paramref name="diagnostics"/>; a faulty value has the built-in one.</summary>
    public static CanaryConfig Load(ConfigLocation location, Diagnostics diagnostics) => ConfigFile.Load(location, diagnostics);

    /// <summary>Only <c>scan.waivers</c>, which a canary.yml further down a tree may have for what is below it.</summary>
    public static IReadOnlyList<Waiver> ParseWaivers(string text, string file, Diagnostics diagnostics) => ScanReader.WaiversOf(text, file, diagnostics);

    public static CanaryConfig Parse(string text, string file, Diagnostics diagnostics) => ConfigReader.Read(text, file, diagnostics);
}

/// <param name="Directories">More rules, absolute; read besides the built-in ones.</param>
/// <param name="Placeholders">Values for <c>%name%</c> in rules (modifier <c>expand</c>).</param>
/// <param name="Disable">Ids or slugs of rules that are not to run.</param>
public sealed record RulesConfig(
    IReadOnlyList<string> Directories, IReadOnlyDictionary<string, IReadOnlyList<string>> Placeholders, IReadOnlyList<string> Disable);

/// <param name="SensitivePaths">Paths whose opening is reported whoever does it, besides the built-in ones.</param>
/// <param name="NotSensitivePaths">Built-in sensitive paths to leave out.</param>
/// <param name="AllNetwork">Network events of every process, not only of agent sessions.</param>
/// <param name="SyscallTracepoints">Allow sources that slow every system call a little: docs/sensors.md has the figures.</param>
public sealed record SensorsConfig(
    IReadOnlyList<string> SensitivePaths, IReadOnlyList<string> NotSensitivePaths, bool AllNetwork, bool SyscallTracepoints);
