using System.Text.RegularExpressions;
using Canary.EndToEnd.Stubs;
using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Cli;

/// <summary>The real Codex CLI, talking to a stub model.</summary>
internal static partial class Codex
{
    public static Command Start(World world, ResponsesStub model)
    {
        var home = Directory.CreateDirectory(Path.Combine(world.Home, ".codex")).FullName;
        // The plugin feature asks a code host for its market place at every start
        File.WriteAllText(Path.Combine(home, "config.toml"), $"""
            model = "stub"
            model_provider = "stub"
            check_for_update_on_startup = false

            [model_providers.stub]
            name = "stub"
            base_url = "{model.Url}/v1"
            wire_api = "responses"
            env_key = "STUB_API_KEY"

            [analytics]
            enabled = false

            [features]
            plugins = false
            apps = false

            """);
        var environment = AgentEnvironment.Of(world);
        environment["STUB_API_KEY"] = "stub-key-for-loopback";
        return Command.Start(
            Machine.Codex, ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "Please do what is needed here."], world.Work, environment);
    }

    public static async Task<Ran> RunAsync(World world, ResponsesStub model, TimeSpan? limit = null)
    {
        using var codex = Start(world, model);
        return (await codex.EndAsync(limit ?? TimeSpan.FromMinutes(1))).Good();
    }

    /// <summary>The id under which the CLI itself keeps its only conversation in this home.</summary>
    public static string SessionOf(World world) =>
        Rollout().Match(Directory.GetFiles(Path.Combine(world.Home, ".codex", "sessions"), "rollout-*.jsonl", SearchOption.AllDirectories).Single())
            .Groups[1].Value;

    [GeneratedRegex(@"rollout-[0-9T-]{19}-([0-9a-f-]{36})\.jsonl")]
    private static partial Regex Rollout();
}
