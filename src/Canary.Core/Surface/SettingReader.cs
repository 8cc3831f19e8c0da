namespace Canary.Surface;

/// <summary>The settings of agents and editors, each by its dotted name; of variables of the environment the names, and where an endpoint leads.</summary>
public sealed class SettingReader : ISurfaceReader
{
    private static readonly string[] Names =
    [
        "settings.json", "settings.local.json", "managed-settings.json", "config.toml", "cli.json", "permissions.json", "sandbox.json", "requirements.toml", "opencode.json", "opencode.jsonc",
    ];

    private static readonly string[] Places =
    [
        ".claude", ".gemini", ".codex", ".cursor", ".vscode", ".windsurf", ".qwen", ".zed", ".kiro/settings", ".copilot", ".opencode", "opencode", "Code/User", "Cursor/User", "etc/claude-code", "etc/codex", "ClaudeCode",
    ];

    // Told by the readers of their own.
    private static readonly string[] Elsewhere = ["hooks", "mcpServers", "mcp_servers", "context_servers", "mcp", "servers", "amp.mcpServers", "$schema", "tasks", "launch"];

    public string Subject => "settings of agents and editors";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        (ConfigPath.Is(name, Names) && (ConfigPath.EndsWithAny(directory, Places) || ConfigPath.HasEnding(name, ["opencode.json", "opencode.jsonc"])))
        || (name.EndsWith(".code-workspace", StringComparison.OrdinalIgnoreCase) && !ConfigPath.IsInstalled(directory));

    public void Read(SurfaceFile file, SurfaceEntries into)
    {
        if (file.Settings is not { } root)
            return;
        foreach (var member in root.Members)
        {
            if (Elsewhere.Contains(member.Name))
                continue;
            // A workspace keeps its settings below that word.
            if (member.Name == "settings" && file.Name.EndsWith(".code-workspace", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var setting in member.Value.Members.Where(m => !Elsewhere.Contains(m.Name)))
                    Found(file, setting.Name, setting.Name, setting.Line, setting.Value, inList: false, into);
            }
            else
            {
                Found(file, member.Name, member.Name, member.Line, member.Value, inList: false, into);
            }
        }
    }

    private static void Found(SurfaceFile file, string path, string name, int line, SettingPart part, bool inList, SurfaceEntries into)
    {
        if (part.Text is { } text)
        {
            // The name tells whether the value is a secret; one of thousands of letters is no such name, and would be searched for each value.
            string safe = into.Safe(name.Length > SettingText.MostPath ? name[..SettingText.MostPath] : name, text);
            into.Add(new ConfigFacts(ConfigKind.Setting, file.Path, line, inList ? $"{path}={safe}" : path)
            {
                Setting = path,
                Content = safe,
                ContentLine = part.TextLine,
                Url = IsAddress(text) ? text : null,
            });
        }

        foreach (var item in part.Items)
            Found(file, path, name, item.Line, item, inList: true, into);
        foreach (var member in part.Members)
        {
            string below = SettingText.Joined(path, member.Name);
            if (!SettingText.IsGuarded(name) && !name.StartsWith("terminal.integrated.env.", StringComparison.Ordinal))
                Found(file, below, member.Name, member.Line, member.Value, inList: false, into);
            else
                into.Add(Variable(file, below, member));
        }
    }

    // The value of a variable may be a secret; an endpoint is none.
    private static ConfigFacts Variable(SurfaceFile file, string path, SettingMember member) =>
        new(ConfigKind.Setting, file.Path, member.Line, path)
        {
            Setting = path,
            EnvironmentNames = [member.Name],
            Url = member.Value.Text is { } value && IsAddress(value) ? value : null,
        };

    private static bool IsAddress(string text) =>
        text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
