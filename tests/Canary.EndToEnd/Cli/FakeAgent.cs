using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Cli;

/// <summary>
/// A copy of bash under an agent's name: what Canary must follow as an agent, started in milliseconds. For tricks whose subject is the
/// process tree below, not the agent.
/// </summary>
internal static class FakeAgent
{
    public const string Name = "claude-code";

    public static Command Start(World world, string script)
    {
        var program = Path.Combine(world.Home, ".local", "bin", "claude");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        if (!File.Exists(program))
            File.Copy("/bin/bash", program);
        var file = Path.Combine(world.Root, "script.sh");
        File.WriteAllText(file, script);
        return Command.Start(program, [file], world.Work, AgentEnvironment.Of(world));
    }

    public static async Task<Ran> RunAsync(World world, string script)
    {
        using var agent = Start(world, script);
        return (await agent.EndAsync(TimeSpan.FromMinutes(1))).Good();
    }
}
