namespace Canary.Surface;

/// <summary>The texts that agents follow: project instructions, rules, skills, subagents, commands, memory.</summary>
public sealed class InstructionReader : ISurfaceReader
{
    private static readonly string[] Names =
    [
        "CLAUDE.md", "CLAUDE.local.md", "AGENTS.md", "AGENTS.override.md", "AGENT.md", "GEMINI.md", "QWEN.md", "WARP.md", "SKILL.md", ".cursorrules", ".windsurfrules", ".clinerules",
        ".roorules", ".goosehints", "copilot-instructions.md", "SOUL.md", "CRUSH.md", ".rules",
    ];

    // Everything written in words below these.
    private static readonly string[] Places =
    [
        ".claude/agents", ".claude/commands", ".claude/skills", ".claude/output-styles", ".claude/rules", ".cursor/rules", ".cursor/commands", ".cursor/agents", ".windsurf/rules",
        ".windsurf/workflows", ".clinerules", ".roo", ".github/instructions", ".github/prompts", ".github/chatmodes", ".github/agents", ".codex/prompts", ".codex/skills", ".agents",
        ".gemini/commands", ".gemini/skills", ".opencode/agent", ".opencode/command", ".opencode/skill", ".kiro/steering", ".amazonq/rules", ".junie", ".continue/rules", ".continue/prompts",
        ".augment/rules", ".copilot/skills", ".openclaw/skills", ".trae/rules", ".claude-plugin",
    ];

    private static readonly string[] Words = [".md", ".mdc", ".txt", ".prompt", ".toml", ".markdown"];

    public string Subject => "instruction files";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        ConfigPath.Is(name, Names) || (ConfigPath.HasEnding(name, Words) && ConfigPath.HoldsAny(directory, Places));

    public void Read(SurfaceFile file, SurfaceEntries into) =>
        into.Add(new ConfigFacts(ConfigKind.Instructions, file.Path, 0, "") { Content = file.Text, ContentLine = 1 });
}
