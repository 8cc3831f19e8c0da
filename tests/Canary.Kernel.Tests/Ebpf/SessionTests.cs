using System.Diagnostics;
using Canary.Events;
using Canary.Sensors.Ebpf;
using Xunit;

namespace Canary.Kernel.Tests.Ebpf;

public sealed class SessionTests
{
    private const uint Kernels = 0x8000_0000;

    [Fact]
    public void A_tag_is_inherited_over_fork_double_fork_setsid_and_rename()
    {
        using var folder = new Folder();
        string renamed = folder.CopyOf("/bin/echo", "innocent");
        using var live = new Live();
        using var shell = Live.Start("/bin/sh");
        var key = live.Await<ProcessExecuted>(e => e.Actor.Pid == shell.Id).Actor;
        Assert.True(live.Ebpf.Tag(key, 42));
        Say(shell, "/bin/echo by-fork; ( ( /bin/echo by-double-fork & ) & ); setsid -f /bin/sh -c '/bin/sleep 0.05; /bin/echo by-setsid'; " + renamed + " by-rename; exit");
        shell.WaitForExit();
        foreach (string marker in new[] { "by-fork", "by-double-fork", "by-setsid", "by-rename" })
            Assert.Equal(42u, live.Executed(marker).Session);
        Assert.All(live.Seen.OfType<ProcessForked>().Where(f => f.Actor == key), f => Assert.Equal(42u, f.Session));
        Live.Run("/bin/echo", "not-in-session");
        Assert.Equal(0u, live.Executed("not-in-session").Session);
    }

    [Fact]
    public void A_script_with_an_agents_name_begins_a_session_in_the_kernel()
    {
        using var folder = new Folder();
        string claude = folder.Script("claude", "#!/bin/sh\n/bin/echo from-claude\n");
        using var live = new Live(new EbpfOptions { AgentBasenames = ["codex", "claude"] });
        int pid = Live.Run(claude);
        uint session = live.Await<ProcessExecuted>(e => e.Actor.Pid == pid).Session;
        Assert.True(session > Kernels);
        Assert.Equal(session, live.Executed("from-claude").Session);
        pid = Live.Run(claude);
        uint second = live.Await<ProcessExecuted>(e => e.Actor.Pid == pid).Session;
        Assert.True(second > Kernels && second != session);
    }

    [Theory]
    [InlineData("codex", true)]
    [InlineData("codexx", false)]
    [InlineData("code", false)]
    [InlineData("a-name-that-has-32-bytes-exactly", true)]
    [InlineData("a-name-that-has-32-bytes-exactly-and-more", false)]
    public void Only_the_whole_name_of_a_program_counts(string name, bool agent)
    {
        using var folder = new Folder();
        string program = folder.CopyOf("/bin/true", name);
        using var live = new Live(new EbpfOptions { AgentBasenames = ["codex", "a-name-that-has-32-bytes-exactly"] });
        int pid = Live.Run(program);
        Assert.Equal(agent, live.Await<ProcessExecuted>(e => e.Actor.Pid == pid).Session > Kernels);
    }

    [Fact]
    public void A_link_of_another_name_to_an_agent_counts_and_so_does_an_agents_name_for_another_file()
    {
        using var folder = new Folder();
        string codex = folder.CopyOf("/bin/true", "codex");
        string link = Path.Combine(folder.Path, "harmless"), alias = Path.Combine(folder.Path, "claude");
        File.CreateSymbolicLink(link, codex);
        File.CreateSymbolicLink(alias, "/bin/true");
        using var live = new Live(new EbpfOptions { AgentBasenames = ["codex", "claude"] });
        foreach (string asked in new[] { link, alias })
        {
            int pid = Live.Run(asked);
            Assert.True(live.Await<ProcessExecuted>(e => e.Actor.Pid == pid).Session > Kernels, asked);
        }
    }

    [Fact]
    public void A_nested_agent_has_its_own_session_and_an_agent_that_executes_itself_keeps_its()
    {
        using var folder = new Folder();
        string codex = folder.CopyOf("/bin/echo", "codex");
        string outer = folder.Script("claude", $"#!/bin/sh\n{codex} nested\nexec {codex} same-process\n");
        using var live = new Live(new EbpfOptions { AgentBasenames = ["codex", "claude"] });
        int pid = Live.Run(outer);
        uint session = live.Await<ProcessExecuted>(e => e.Actor.Pid == pid).Session;
        Assert.NotEqual(session, live.Executed("nested").Session);
        Assert.True(live.Executed("nested").Session > Kernels);
        Assert.Equal(session, live.Executed("same-process").Session);
    }

    [Fact]
    public void Tags_that_find_no_room_are_counted()
    {
        using var live = new Live(new EbpfOptions { TaggedMost = 8 });
        using var shell = Live.Start("/bin/bash");
        Assert.True(live.Ebpf.Tag(live.Await<ProcessExecuted>(e => e.Actor.Pid == shell.Id).Actor, 9));
        Say(shell, "for i in {1..30}; do sleep 1 & done; wait; exit");
        shell.WaitForExit();
        Assert.InRange(live.Losses().Single(l => l.Class == "lineage").Count, 1, 30);
    }

    private static void Say(Process shell, string line)
    {
        shell.StandardInput.WriteLine(line);
        shell.StandardInput.Flush();
    }
}
