namespace Canary.Surface;

/// <summary>What agents run by themselves when something happens: hooks, and the helpers that their settings name.</summary>
public sealed class HookReader : ISurfaceReader
{
    // Settings of Claude Code whose value is a command.
    private static readonly string[] Helpers = ["apiKeyHelper", "awsAuthRefresh", "awsCredentialExport", "gcpAuthRefresh", "otelHeadersHelper"];
    private static readonly string[] HelperMaps = ["statusLine", "subagentStatusLine", "fileSuggestion"];
    private static readonly string[] Commands = ["command", "bash", "powershell", "windows", "linux", "osx"];

    private static readonly string[] Settings = ["settings.json", "settings.local.json", "config.toml", "managed-settings.json", "hooks.json", "plugin.json"];

    private static readonly string[] Agents =
    [
        ".claude", ".gemini", ".cursor", ".codex", ".windsurf", ".codeium/windsurf", ".qwen", ".factory", "hooks", ".claude-plugin", "etc/claude-code", "etc/codex", "ClaudeCode", "etc/cursor",
    ];

    public string Subject => "hooks of agents";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        (ConfigPath.Is(name, Settings) && ConfigPath.EndsWithAny(directory, Agents))
        || (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && ConfigPath.EndsWithAny(directory, [".github/hooks", ".copilot/hooks", ".claude/managed-settings.d"]));

    public void Read(SurfaceFile file, SurfaceEntries into)
    {
        if (file.Settings is not { } root)
            return;
        var hooks = root.Find("hooks");
        foreach (var member in hooks?.Members ?? [])
            Found(file, member.Name, member.Value, into);
        // A file of hooks alone may have the events at its top.
        if (hooks is null && file.Name.Equals("hooks.json", StringComparison.OrdinalIgnoreCase))
        {
            foreach (var member in root.Members.Where(m => m.Value.IsList))
                Found(file, member.Name, member.Value, into);
        }

        foreach (var member in root.Members)
        {
            if (Helpers.Contains(member.Name) && member.Value.Text is { } helper)
                Add(file, member.Name, member.Line, helper, null, null, into);
            else if (HelperMaps.Contains(member.Name) && member.Value.TextOf("command") is { } command)
                Add(file, member.Name, member.Line, command, null, null, into);
            else if (member.Name == "notify" && file.Name.EndsWith(".toml", StringComparison.OrdinalIgnoreCase) && LaunchCommand.Line(null, member.Value.Texts) is { } notified)
                Add(file, member.Name, member.Line, notified, null, null, into);
        }
    }

    private static void Found(SurfaceFile file, string trigger, SettingPart part, SurfaceEntries into)
    {
        bool told = false;
        foreach (string name in Commands)
        {
            if (part.Find(name) is { IsMap: false } command && command.Texts.Any())
            {
                string line = LaunchCommand.Line(null, [.. command.Texts, .. name == "command" ? part.TextsOf("args") : []])!;
                Add(file, trigger, command.Line, line, null, SettingText.Of(part, into, "command", "bash", "powershell", "args"), into);
                told = true;
            }
        }

        if (part.TextOf("url") is { } url)
            Add(file, trigger, part.Line, null, url, SettingText.Of(part, into, "url"), into);
        else if (!told && part.TextOf("prompt") is { } prompt)
            Add(file, trigger, part.Line, null, null, prompt, into);
        if (told)
            return;
        foreach (var member in part.Members)
            Found(file, trigger, member.Value, into);
        foreach (var item in part.Items)
            Found(file, trigger, item, into);
    }

    private static void Add(SurfaceFile file, string trigger, int line, string? command, string? url, string? content, SurfaceEntries into) =>
        into.Add(new ConfigFacts(ConfigKind.Hook, file.Path, line, $"{trigger}: {command ?? url ?? "prompt"}")
        {
            Triggers = [trigger],
            CommandLine = command,
            Url = url,
            Content = content,
        });
}
