using System.Text.RegularExpressions;
using Canary.EndToEnd.Stubs;
using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Cli;

/// <summary>The real Codex CLI, talking to a stub model.</summary>
internal static partial class Codex
{
    public const string ApiKey = "stub-key-for-loopback";

    public static readonly IReadOnlyList<string> Arguments = ["exec", "--skip-git-repo-check", "Please do what is needed here."];

    public static Command Start(World world, ResponsesStub model, params IEnumerable<(string Name, string Value)> more)
    {
        Configure(world, model);
        var environment = AgentEnvironment.Of(world);
        environment["STUB_API_KEY"] = ApiKey;
        foreach (var (name, value) in more)
            environment[name] = value;
        return Command.Start(Machine.Codex, Arguments, world.Work, environment);
    }

    /// <summary>Its settings: no questions, no sandbox, the stub as its model, and nothing that leaves loopback.</summary>
    public static void Configure(World world, ResponsesStub model)
    {
        var home = Directory.CreateDirectory(Path.Combine(world.Home, ".codex")).FullName;
        // The plugin feature asks a code host for its market place at every start
        File.WriteAllText(Path.Combine(home, "config.toml"), $"""
            model = "stub"
            model_provider = "stub"
            check_for_update_on_startup = false
            approval_policy = "never"
            sandbox_mode = "danger-full-access"

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
    }

    public static async Task<Ran> RunAsync(World world, ResponsesStub model, TimeSpan? limit = null, params IEnumerable<(string Name, string Value)> more)
    {
        using var codex = Start(world, model, more);
        return (await codex.EndAsync(limit ?? TimeSpan.FromMinutes(1))).Good();
    }

    /// <summary>The id under which the CLI itself keeps its only conversation in this home.</summary>
    public static string SessionOf(World world) =>
        Rollout().Match(Directory.GetFiles(Path.Combine(world.Home, ".codex", "sessions"), "rollout-*.jsonl", SearchOption.AllDirectories).Single())
            .Groups[1].Value;

    [GeneratedRegex(@"rollout-[0-9T-]{19}-([0-9a-f-]{36})\.jsonl")]
    private static partial Regex Rollout();
}
