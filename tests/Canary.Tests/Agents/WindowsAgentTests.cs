using Canary.Agents;
using Canary.Events;
using Canary.Findings;
using Xunit;

namespace Canary.Tests.Agents;

/// <summary>Agents and their sessions on paths of Windows.</summary>
public sealed class WindowsAgentTests
{
    private const string Node = @"C:\Program Files\nodejs\node.exe";
    private const string Cmd = @"C:\Windows\System32\cmd.exe";
    private static readonly Catalogue BuiltIn = Catalogue.Of([]);

    [Theory]
    [InlineData(@"C:\Users\x\.local\bin\claude.exe", "claude|-p|hi", "claude-code", true)]
    [InlineData(@"c:\USERS\X\.LOCAL\BIN\CLAUDE.EXE", "claude", "claude-code", true)]
    [InlineData(@"\\?\C:\Users\x\.local\bin\claude.exe", "claude", "claude-code", true)]
    [InlineData(@"D:\tools\Claude.exe", "claude", "claude-code", false)]
    [InlineData(Node, @"node|C:\Users\x\AppData\Roaming\npm\node_modules\@anthropic-ai\claude-code\cli.js", "claude-code", true)]
    [InlineData(Node, @"node|--no-warnings|C:/Users/x/AppData/Roaming/npm/NODE_MODULES/@OpenAI/codex/bin/codex.js|exec", "codex", true)]
    [InlineData(Cmd, @"cmd.exe|/d|/s|/c|C:\Users\x\AppData\Roaming\npm\claude.cmd|-p|hi", "claude-code", false)]
    [InlineData(Cmd, "cmd.exe|/d|/s|/c|\"C:\\Users\\x\\AppData\\Roaming\\npm\\codex.cmd\" exec fix", "codex", false)]
    [InlineData(@"C:\Program Files\PowerShell\7\pwsh.exe", @"pwsh|-NoProfile|-ExecutionPolicy|Bypass|-File|C:\Users\x\AppData\Roaming\npm\gemini.ps1", "gemini-cli", false)]
    [InlineData(@"C:\Users\x\AppData\Local\Programs\cursor\Cursor.exe", "Cursor.exe", "cursor", true)]
    [InlineData(@"C:\Users\x\AppData\Local\AnthropicClaude\app-1.0\claude.exe", "claude.exe", "claude-desktop", true)]
    [InlineData(@"C:\Users\x\AppData\Local\Programs\Ollama\ollama.exe", "ollama|serve", "ollama", false)]
    [InlineData(@"C:\Python312\python.exe", "python|-m|vllm.entrypoints.openai.api_server", "vllm", true)]
    public void An_agent_of_Windows_is_known(string image, string arguments, string name, bool verified)
    {
        string[] list = arguments.Split('|');
        var profile = BuiltIn.Match(image, list[0], list, out bool sure);
        Assert.Equal((name, verified), (profile?.Name, sure));
    }

    [Theory]
    [InlineData(Cmd, @"cmd.exe|/c|type|C:\Users\x\.claude\settings.json")]
    [InlineData(Cmd, @"cmd.exe|/c|echo|claude.cmd")]
    [InlineData(Node, "node|server.js|claude")]
    [InlineData(@"C:\n\node_modules\@anthropic-ai\claude-code\node_modules\rg\rg.exe", "rg|x")]
    [InlineData(@"C:\tools\claudette.exe", "claudette")]
    [InlineData(@"/usr/bin/weird\claude", "x")]
    public void What_only_names_one_is_none(string image, string arguments)
    {
        string[] list = arguments.Split('|');
        Assert.Null(BuiltIn.Match(image, list[0], list, out _));
    }

    [Theory]
    [InlineData("claude-code", @"C:\Users\x\.claude\projects\C--src-shop\5b8f5096-1111-4222-8333-944455556666.jsonl", "5b8f5096-1111-4222-8333-944455556666")]
    [InlineData("claude-code", @"\\?\c:\users\x\.CLAUDE\Projects\C--src-shop\5b8f5096-1111-4222-8333-944455556666.jsonl", "5b8f5096-1111-4222-8333-944455556666")]
    [InlineData("claude-code", @"C:\Users\x\.claude\settings.json", null)]
    [InlineData("codex", @"C:\Users\x\.codex\sessions\2026\11\28\rollout-2026-11-28T12-10-32-019a1234-aaaa-7bbb-8ccc-ddddeeeeffff.jsonl", "019a1234-aaaa-7bbb-8ccc-ddddeeeeffff")]
    [InlineData("gemini-cli", @"C:\Users\x\.gemini\tmp\abc\chats\SESSION-2026-11-28T12-10-1a2b3c4d.jsonl", "1a2b3c4d")]
    public void A_transcript_of_Windows_tells_the_session(string agent, string path, string? id) =>
        Assert.Equal(id, SessionNames.FromFile(BuiltIn.Profiles.Single(p => p.Name == agent), path));

    [Fact]
    public void A_process_of_Windows_keeps_its_line_and_tells_what_it_decodes_to()
    {
        var world = new World();
        var explorer = world.Start(new ProcessKey(1, 1), 100, @"C:\Windows\explorer.exe");
        var child = world.Fork(explorer, 101);
        const string Line = "\"C:\\Program Files\\PowerShell\\7\\pwsh.exe\"  -nop -e dwBoAG8AYQBtAGkA";
        var started = world.Reader.Read(new ProcessExecuted(world.NowNs() + 1, child, explorer)
        {
            Image = @"C:\Program Files\PowerShell\7\pwsh.exe",
            Requested = @"C:\Program Files\PowerShell\7\pwsh.exe",
            Arguments = [@"C:\Program Files\PowerShell\7\pwsh.exe", "-nop", "-e", "dwBoAG8AYQBtAGkA"],
            CommandLine = Line,
            User = @"DESK\x",
            IntegrityLevel = "High",
        })!;
        Assert.Equal(
            [Line, Line, "whoami", @"DESK\x", "High"],
            new[] { "CommandLine", "RawCommandLine", "DecodedCommand", "User", "IntegrityLevel" }.Select(f => started.Get(Field.Named(f)).ToString()));
    }

    [Fact]
    public void The_command_that_Claude_runs_in_PowerShell_is_what_rules_see()
    {
        var world = new World();
        var claude = world.Start(new ProcessKey(1, 1), 100, @"C:\Users\x\.local\bin\claude.exe", "claude");
        var child = world.Fork(claude, 101);
        const string Script = "git status\n; $_ec = if ($null -ne $LASTEXITCODE) { $LASTEXITCODE } elseif ($?) { 0 } else { 1 }\n"
            + "; (Get-Location).Path | Out-File -FilePath 'C:\\t\\claude-1-cwd' -Encoding utf8 -NoNewline\n; exit $_ec";
        var started = world.Exec(child, @"C:\Program Files\PowerShell\7\pwsh.exe", arguments: ["pwsh.exe", "-NoProfile", "-NonInteractive", "-Command", Script])!;
        Assert.Equal("pwsh.exe -Command git status", started.Get(Field.Named("CommandLine")).ToString());
        Assert.Contains("$_ec", started.Get(Field.Named("RawCommandLine")).ToString(), StringComparison.Ordinal);
        Assert.Equal("claude-code", started.Get(Field.Named("AgentName")).ToString());
    }
}
