using Canary.Agents;
using Xunit;

namespace Canary.Tests.Agents;

public sealed class CatalogueTests
{
    private static readonly Catalogue BuiltIn = Catalogue.Of([]);

    [Theory]
    [InlineData("/w/node_modules/@anthropic-ai/claude-code/bin/claude.exe", "/w/node_modules/.bin/claude", "claude -p x", "claude-code", true)]
    [InlineData("/usr/bin/node", "/usr/bin/node", "node /usr/lib/node_modules/@anthropic-ai/claude-code/cli.js", "claude-code", true)]
    [InlineData("/usr/bin/node", "/usr/bin/node", "node --max-old-space-size=4096 /usr/local/bin/gemini", "gemini-cli", false)]
    [InlineData("/home/u/.local/share/claude/versions/2.1.113", "/home/u/.local/bin/claude", "claude", "claude-code", true)]
    [InlineData("/tmp/claude", "/tmp/claude", "claude", "claude-code", false)]
    [InlineData("/w/node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex", "codex", "codex exec", "codex", true)]
    [InlineData("/usr/bin/python3.11", "/usr/bin/python3", "python3 -m vllm.entrypoints.openai.api_server --model x", "vllm", true)]
    [InlineData("/usr/local/bin/ollama", "ollama", "ollama serve", "ollama", false)]
    public void An_agent_is_known_by_path_package_arguments_or_name(string image, string requested, string line, string name, bool verified)
    {
        var profile = BuiltIn.Match(image, requested, line.Split(' '), out bool sure);
        Assert.Equal((name, verified), (profile?.Name, sure));
    }

    [Theory]
    [InlineData("/usr/bin/cat", "cat /home/u/.claude/settings.json")]
    [InlineData("/usr/bin/node", "node server.js claude")]
    [InlineData("/usr/bin/node", "node -e claude")]
    [InlineData("/usr/bin/bash", "bash -c claude")]
    [InlineData("/w/node_modules/@anthropic-ai/claude-code/node_modules/rg/rg", "rg x")]
    [InlineData("/usr/bin/claudette", "claudette")]
    public void What_only_names_an_agent_is_none(string image, string line) =>
        Assert.Null(BuiltIn.Match(image, image, line.Split(' '), out _));

    [Fact]
    public void A_user_adds_an_agent_and_a_name_to_a_known_one()
    {
        var mine = Catalogue.Of([new("my-agent") { Basenames = ["mine"] }, new("codex") { Basenames = ["kodex"] }]);
        Assert.Equal("my-agent", mine.Match("/x/mine", "mine", ["mine"], out _)?.Name);
        Assert.Equal("codex", mine.Match("/x/kodex", "kodex", ["kodex"], out _)?.Name);
        Assert.Equal("codex", mine.Match("/x/codex", "codex", ["codex"], out _)?.Name);
    }
}
