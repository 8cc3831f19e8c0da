using Canary.Agents;
using Xunit;

namespace Canary.Tests.Agents;

public sealed class SessionNamesTests
{
    [Theory]
    [InlineData("claude-code", "/home/u/.claude/projects/-work-app/5b8f5096-1111-4222-8333-944455556666.jsonl", "5b8f5096-1111-4222-8333-944455556666")]
    [InlineData("claude-code", "/home/u/.claude/settings.json", null)]
    [InlineData("claude-code", "/home/u/.claude/projects/-work-app/evil;rm.jsonl", null)]
    [InlineData("codex", "/h/.codex/sessions/2026/11/23/rollout-2026-11-23T12-10-32-019a1234-aaaa-7bbb-8ccc-ddddeeeeffff.jsonl", "019a1234-aaaa-7bbb-8ccc-ddddeeeeffff")]
    [InlineData("codex", "/h/.codex/thread-writer-locks/019a1234-aaaa-7bbb-8ccc-ddddeeeeffff.lock", "019a1234-aaaa-7bbb-8ccc-ddddeeeeffff")]
    [InlineData("gemini-cli", "/h/.gemini/tmp/abc/chats/session-2026-11-23T12-10-1a2b3c4d.jsonl", "1a2b3c4d")]
    public void A_transcripts_name_tells_the_session(string agent, string path, string? id)
    {
        var profile = Catalogue.Of([]).Profiles.Single(p => p.Name == agent);
        Assert.Equal(id, SessionNames.FromFile(profile, path));
    }
}
