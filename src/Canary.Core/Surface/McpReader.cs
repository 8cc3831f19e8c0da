namespace Canary.Surface;

/// <summary>The MCP servers of every client that is known to keep them in a file. None is started.</summary>
public sealed class McpReader : ISurfaceReader
{
    // The name alone is enough, wherever the file lies.
    private static readonly string[] Names =
    [
        ".mcp.json", "mcp.json", "mcp_config.json", "mcp-config.json", "mcp_settings.json", "cline_mcp_settings.json", "managed-mcp.json", "claude_desktop_config.json",
        ".claude.json", "gemini-extension.json", "opencode.json", "opencode.jsonc", "mcp.jsonc", "mcp-servers.json", "mcp.yaml", "mcp.yml",
    ];

    private static readonly (string Name, string Directory)[] Placed =
    [
        ("settings.json", ".gemini"), ("settings.json", ".vscode"), ("settings.json", "Code/User"), ("settings.json", "Cursor/User"), ("settings.json", "zed"), ("settings.json", ".zed"),
        ("settings.json", ".claude"), ("settings.local.json", ".claude"), ("config.toml", ".codex"), ("config.toml", "codex"), ("config.toml", "OpenAI/Codex"),
        ("config.json", ".continue"), ("config.yaml", ".continue"), ("config.yaml", "goose"), ("plugin.json", ".claude-plugin"), ("default.json", "amazonq/agents"),
        ("settings.json", ".qwen"), ("config.json", ".crush"), ("crush.json", "crush"), ("settings.json", ".amp"), ("settings.json", "amp"),
    ];

    // Each client's word for the map of servers.
    private static readonly string[] Maps = ["mcpServers", "servers", "mcp_servers", "context_servers", "amp.mcpServers", "mcp", "extensions"];

    public string Subject => "MCP servers";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory)
    {
        if (ConfigPath.Is(name, Names) || (name.EndsWith(".code-workspace", StringComparison.OrdinalIgnoreCase) && !ConfigPath.IsInstalled(directory)))
            return true;
        foreach (var (known, place) in Placed)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase) && ConfigPath.EndsWith(directory, place))
                return true;
        }

        return ConfigPath.HasEnding(name, [".config.toml"]) && ConfigPath.EndsWith(directory, ".codex")
            || (ConfigPath.HasEnding(name, [".yaml", ".yml"]) && ConfigPath.EndsWith(directory, ".continue/mcpServers"))
            || (ConfigPath.HasEnding(name, [".json"]) && ConfigPath.EndsWithAny(directory, [".kiro/agents", ".amazonq/cli-agents", ".aws/amazonq/cli-agents"]));
    }

    public void Read(SurfaceFile file, SurfaceEntries into)
    {
        if (file.Settings is not { } root)
            return;
        Below(file, root, "", into);
        // Claude Code keeps those of each project below its path, editors theirs among the settings.
        foreach (var project in root.Find("projects")?.Members ?? [])
            Below(file, project.Value, project.Name + "/", into);
        if (root.Find("settings") is { } settings)
            Below(file, settings, "", into);
    }

    private static void Below(SurfaceFile file, SettingPart part, string prefix, SurfaceEntries into)
    {
        foreach (var member in part.Members)
        {
            if (!Maps.Contains(member.Name))
                continue;
            // VS Code: "mcp": { "servers": { … } }.
            var servers = member.Name == "mcp" && member.Value.Find("servers") is { IsMap: true } inner ? inner : member.Value;
            foreach (var server in servers.Members)
                Server(file, prefix + server.Name, server.Line, server.Value, into);
            foreach (var server in servers.Items)
                Server(file, prefix + (server.TextOf("name") ?? "unnamed"), server.Line, server, into);
        }
    }

    private static void Server(SurfaceFile file, string name, int line, SettingPart server, SurfaceEntries into)
    {
        // Zed nests program and arguments one deeper.
        var command = server.Find("command") is { IsMap: true } nested ? nested : server;
        string[] words = [.. (command.Find("command") ?? command.Find("cmd") ?? command.Find("path"))?.Texts ?? []];
        string[] arguments = [.. words.Skip(1), .. command.TextsOf("args")];
        string? program = words.FirstOrDefault();
        string? url = server.TextOf("url") ?? server.TextOf("httpUrl") ?? server.TextOf("serverUrl") ?? server.TextOf("uri");
        // A map of the same name that holds something else, such as a list of extensions.
        if (program is null && url is null)
            return;
        var package = LaunchCommand.Package(program, arguments);
        into.Add(new ConfigFacts(ConfigKind.Mcp, file.Path, line, name)
        {
            ServerName = name,
            CommandLine = LaunchCommand.Line(program, arguments),
            Url = url,
            Package = package,
            Pinned = package?.Pinned,
            EnvironmentNames = [.. SettingText.Names(server).Union(SettingText.Names(command))],
            Content = SettingText.Of(server, into, "command", "cmd", "args", "url", "httpUrl", "serverUrl", "uri", "path"),
        });
    }
}
