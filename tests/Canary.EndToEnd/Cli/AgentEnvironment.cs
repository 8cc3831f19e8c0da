using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Cli;

/// <summary>The environment that a developer's terminal would give an agent, less everything that would make it leave loopback.</summary>
internal static class AgentEnvironment
{
    // A proxy that refuses: what the switches below do not stop fails at once instead of leaving the machine
    private const string Nowhere = "http://127.0.0.1:9";

    public static Dictionary<string, string> Of(World world)
    {
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = world.Home,
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
            ["LANG"] = "C.UTF-8",
            ["USER"] = "root",
            ["SHELL"] = "/bin/bash",
            ["HTTPS_PROXY"] = Nowhere,
            ["https_proxy"] = Nowhere,
            ["NO_PROXY"] = "127.0.0.1,localhost",
            ["no_proxy"] = "127.0.0.1,localhost",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["UseSharedCompilation"] = "false",
            ["npm_config_update_notifier"] = "false",
            ["npm_config_fund"] = "false",
            ["npm_config_audit"] = "false",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
        };

        // rustup's toolchains lie in the real home
        var rustup = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".rustup");
        if (Directory.Exists(rustup))
            environment["RUSTUP_HOME"] = rustup;
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } dotnet)
            environment["DOTNET_ROOT"] = dotnet;

        return environment;
    }
}
