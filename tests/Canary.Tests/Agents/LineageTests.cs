using Canary.Agents;
using Canary.Events;
using Canary.Findings;
using Xunit;

namespace Canary.Tests.Agents;

public sealed class LineageTests
{
    private const string Claude = "/w/node_modules/@anthropic-ai/claude-code/bin/claude.exe";
    private const string CodexScript = "/w/node_modules/.bin/codex";
    private const string Codex = "/w/node_modules/@openai/codex-linux-x64/vendor/bin/codex";

    private static readonly ProcessKey Init = new(1, 1);
    private readonly World _world = new();

    [Fact]
    public void A_child_belongs_to_the_agents_session_and_shows_the_way_up()
    {
        var claude = _world.Start(Init, 100, Claude, "claude -p x");
        var bash = _world.Start(claude, 101, "/bin/bash", "bash -c ls");
        var ls = _world.Fork(bash, 102);
        var activity = _world.Exec(ls, "/bin/ls", "ls");
        Assert.Equal(("claude-code", true), (activity?.Agent?.Name, activity!.Agent!.Verified));
        Assert.Equal(["/bin/ls", "/bin/bash", Claude], activity.Chain.Select(p => p.Image));
        Assert.Equal("/bin/bash", activity.Get(Field.Named("ParentImage")).Text);
    }

    [Fact]
    public void Double_fork_and_the_end_of_every_ancestor_change_nothing()
    {
        var claude = _world.Start(Init, 100, Claude);
        var first = _world.Start(claude, 101, "/bin/sh", "sh -c setsid");
        var second = _world.Fork(first, 102);
        _world.Exit(first);
        var third = _world.Fork(second, 103);
        _world.Exit(second);
        _world.Exit(claude);
        _world.Pass(TimeSpan.FromMinutes(5));
        for (int pid = 1000; pid < 1100; pid++)
            _world.Exit(_world.Fork(Init, pid));
        var activity = _world.Exec(third, "/usr/bin/curl", "curl x");
        Assert.Equal("claude-code", activity?.Agent?.Name);
        Assert.Equal(["/usr/bin/curl", "/bin/sh", Claude], activity!.Chain.Select(p => p.Image));
    }

    [Fact]
    public void An_earlier_image_of_the_same_pid_is_an_ancestor()
    {
        var process = _world.Start(Init, 100, Claude);
        var activity = _world.Exec(process, "/bin/bash", "bash");
        Assert.Equal("claude-code", activity?.Agent?.Name);
        Assert.Equal([Claude], activity!.Get(Field.Named("AncestorImages")).List!);
    }

    [Fact]
    public void A_reused_pid_inherits_nothing()
    {
        var claude = _world.Start(Init, 100, Claude);
        var child = _world.Start(claude, 101, "/bin/ls");
        _world.Exit(child);
        var other = _world.Fork(Init, 101);
        Assert.Null(_world.Exec(other, "/bin/ls")?.Agent);
        Assert.Null(_world.Open(child, "/etc/passwd"));
    }

    [Fact]
    public void A_launcher_and_what_it_launches_are_one_session()
    {
        var node = _world.Fork(Init, 100);
        _world.Exec(node, "/usr/bin/env", $"env node {CodexScript}", tag: 0x8000_0001);
        _world.Exec(node, "/usr/bin/node", $"node {CodexScript} exec");
        var native = _world.Fork(node, 101);
        var launched = _world.Exec(native, Codex, "codex exec", tag: 0x8000_0002);
        var setup = _world.Fork(native, 102);
        var again = _world.Exec(setup, Codex, "codex --codex-run-as-process-setup");
        Assert.Equal(launched!.Agent!.Session, again!.Agent!.Session);
        Assert.Equal(1, _world.Sessions.Begun);
        Assert.True(again.Agent.Verified);
    }

    [Fact]
    public void An_agent_that_a_shell_of_an_agent_starts_is_a_session_within()
    {
        var claude = _world.Start(Init, 100, Claude);
        var bash = _world.Start(claude, 101, "/bin/bash", "bash -c codex");
        var codex = _world.Fork(bash, 102);
        var activity = _world.Exec(codex, Codex, "codex exec");
        Assert.Equal("codex", activity!.Agent!.Name);
        Assert.Equal(["claude-code"], activity.Agent.Outer.Select(o => o.Split('/')[0]));
    }

    [Fact]
    public void A_child_whose_tag_the_kernel_could_not_know_yet_is_tagged()
    {
        var node = _world.Fork(Init, 100);
        var before = _world.Fork(node, 101);
        _world.Exec(node, "/usr/bin/node", "node /usr/lib/node_modules/@anthropic-ai/claude-code/cli.js");
        Assert.Equal([100], _world.Tags.Keys);
        _world.Fork(node, 102);
        Assert.Equal(_world.Tags[100], _world.Tags[102]);
        Assert.Null(_world.Exec(before, "/bin/true")?.Agent);
    }

    [Fact]
    public void The_transcript_names_the_session()
    {
        var claude = _world.Start(Init, 100, Claude);
        var bash = _world.Start(claude, 101, "/bin/bash", "bash -c ls");
        _world.Open(bash, "/h/.claude/projects/-w/11111111-1111-4222-8333-944455556666.jsonl");
        Assert.StartsWith("canary-", _world.Exec(bash, "/bin/ls")!.Agent!.Session, StringComparison.Ordinal);
        _world.Open(claude, "/h/.claude/projects/-w/5b8f5096-1111-4222-8333-944455556666.jsonl");
        Assert.Equal("5b8f5096-1111-4222-8333-944455556666", _world.Exec(bash, "/bin/ls")!.Agent!.Session);
    }

    [Fact]
    public void So_does_a_childs_environment()
    {
        var claude = _world.Start(Init, 100, Claude);
        _world.Variables[(101, "CLAUDE_CODE_SESSION_ID")] = "5b8f5096-aaaa-4222-8333-944455556666";
        var bash = _world.Fork(claude, 101);
        Assert.Equal("5b8f5096-aaaa-4222-8333-944455556666", _world.Exec(bash, "/bin/bash")!.Agent!.Session);
    }

    [Fact]
    public void A_session_watches_where_it_works_and_ends_with_its_last_process()
    {
        var claude = _world.Start(Init, 100, Claude);
        var bash = _world.Start(claude, 101, "/bin/bash");
        Assert.Equal(["/work"], _world.Trees);
        _world.Exit(claude);
        Assert.Equal(1, _world.Sessions.Live);
        _world.Exit(bash);
        Assert.Equal(0, _world.Sessions.Live);
        Assert.Empty(_world.Trees);
    }

    [Fact]
    public void A_chain_without_end_is_cut()
    {
        var at = _world.Start(Init, 100, "/bin/sh");
        for (int pid = 101; pid < 2000; pid++)
        {
            var next = _world.Start(at, pid, "/bin/sh");
            _world.Exit(at);
            at = next;
        }

        var last = _world.Exec(at, "/bin/ls")!;
        Assert.InRange(last.Chain.Count, 10, ProcessImage.MostAncestors);
    }
}
