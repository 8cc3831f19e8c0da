using System.Text.RegularExpressions;
using Canary.EndToEnd.Stubs;
using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Cli;

/// <summary>The real Claude Code CLI, talking to a stub model.</summary>
internal static partial class ClaudeCode
{
    public static Command Start(World world, AnthropicStub model, params IEnumerable<(string Name, string Value)> more)
    {
        var environment = AgentEnvironment.Of(world);
        environment["ANTHROPIC_BASE_URL"] = model.Url;
        environment["ANTHROPIC_API_KEY"] = "stub-key-for-loopback";
        environment["IS_SANDBOX"] = "1";
        environment["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1";
        environment["DISABLE_AUTOUPDATER"] = "1";
        environment["DISABLE_TELEMETRY"] = "1";
        environment["DISABLE_ERROR_REPORTING"] = "1";
        foreach (var (name, value) in more)
            environment[name] = value;
        return Command.Start(Machine.Claude, ["-p", "Please do what is needed here.", "--allowedTools", "Bash,Edit,Read,Write"], world.Work, environment);
    }

    public static async Task<Ran> RunAsync(World world, AnthropicStub model, TimeSpan? limit = null, params IEnumerable<(string Name, string Value)> more)
    {
        using var claude = Start(world, model, more);
        return (await claude.EndAsync(limit ?? TimeSpan.FromMinutes(1))).Good();
    }

    /// <summary>The id under which the CLI itself keeps its only conversation in this home.</summary>
    public static string SessionOf(World world) =>
        Directory.GetFiles(Path.Combine(world.Home, ".claude", "projects"), "*.jsonl", SearchOption.AllDirectories)
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .Single(f => Uuid().IsMatch(f));

    [GeneratedRegex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    private static partial Regex Uuid();
}
