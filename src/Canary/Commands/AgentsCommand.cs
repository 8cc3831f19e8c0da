using System.CommandLine;
using Canary.Agents;
using Canary.Config;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary agents</c>: which agents are on this machine, running or only installed, and how each is known.</summary>
internal static class AgentsCommand
{
    public static Command Create()
    {
        var command = new Command("agents", "which agents are on this machine, and how each is covered");
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var settings = Settings.Load(parsed, withRules: false);
        if (settings.Tell(parsed))
            return ExitCode.Usage;
        var output = parsed.InvocationConfiguration.Output;
        var installed = InstalledAgents.Find(settings.Catalogue, SearchPath(), Homes());
        var running = RunningAgents(settings.Catalogue);
        if (parsed.GetValue(GlobalOptions.Json))
        {
            foreach (var agent in installed)
                output.WriteLine(AsJson(agent, running.Where(r => r.Profile == agent.Profile).Select(r => r.Pid)));
            foreach (var (profile, pid) in running.Where(r => !installed.Any(i => i.Profile == r.Profile)))
                output.WriteLine(AsJson(new InstalledAgent(profile, "", "", false), [pid]));
            output.WriteLine(JsonLine.Of("summary", w =>
            {
                w.WriteNumber("agents", installed.Count);
                w.WriteNumber("running", running.Count);
                w.WriteNumber("known", settings.Catalogue.Profiles.Count);
            }));
            return ExitCode.Clean;
        }

        foreach (var agent in installed)
        {
            int count = running.Count(r => r.Profile == agent.Profile);
            output.WriteLine($"{agent.Profile.Name,-20} {(count > 0 ? $"{count} running" : "not running"),-12} {Printable.Line(agent.Called, 100)}{(agent.Verified ? "" : "  (by its name only)")}");
        }

        foreach (var (profile, pid) in running.Where(r => !installed.Any(i => i.Profile == r.Profile)))
            output.WriteLine($"{profile.Name,-20} pid {pid}");
        if (installed.Count + running.Count == 0)
            output.WriteLine("no agent found in the search path, the homes, or among the running processes");
        output.WriteLine();
        output.WriteLine($"{settings.Catalogue.Profiles.Count} agents are known; `canary watch` follows each by what its processes do (no hook needed). Add your own under `agents:` in canary.yml.");
        return ExitCode.Clean;
    }

    private static string AsJson(InstalledAgent agent, IEnumerable<int> pids) => JsonLine.Of("agent", w =>
    {
        w.WriteString("name", agent.Profile.Name);
        w.WriteString("title", agent.Profile.Title);
        w.WriteString("path", agent.Called);
        w.WriteString("resolved", agent.Resolved);
        w.WriteBoolean("verified", agent.Verified);
        w.WriteStartArray("running");
        foreach (int pid in pids)
            w.WriteNumberValue(pid);
        w.WriteEndArray();
        w.WriteString("coverage", "kernel events");
    });

    private static IEnumerable<string> SearchPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(OperatingSystem.IsWindows() ? [] : ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"]);

    // As root every home is looked into: it is the machine that is asked about.
    private static List<string> Homes()
    {
        var homes = new List<string> { Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) };
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Directory.Exists("/home"))
            homes.AddRange(Directory.EnumerateDirectories("/home"));
        return [.. homes.Where(h => h.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    private static List<(AgentProfile Profile, int Pid)> RunningAgents(Catalogue catalogue)
    {
        var running = new List<(AgentProfile, int)>();
        var probe = Sensors.Proc.SystemProbe.Processes;
        if (!OperatingSystem.IsLinux())
            return running;
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), out int pid) && probe.Describe(pid) is { Image.Length: > 0 } process
                && catalogue.Match(process.Image, process.Requested, process.Arguments, out _) is { } profile)
                running.Add((profile, pid));
        }

        return running;
    }
}
