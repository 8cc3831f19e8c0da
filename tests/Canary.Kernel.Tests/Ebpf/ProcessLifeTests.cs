using Canary.Events;
using Xunit;

namespace Canary.Kernel.Tests.Ebpf;

public sealed class ProcessLifeTests
{
    [Fact]
    public void A_fork_without_exec_is_seen_from_birth_to_death()
    {
        using var live = new Live();
        int pid = Live.Run("/bin/bash", "-c", "( exit 5 ) ; ( kill -KILL $BASHPID ) ; true");
        var shell = live.Await<ProcessExecuted>(e => e.Actor.Pid == pid).Actor;
        var children = new List<ProcessKey>();
        for (int i = 0; i < 2; i++)
            children.Add(live.Await<ProcessForked>(e => e.Actor == shell && !children.Contains(e.Child)).Child);
        Assert.Equal(5, live.Await<ProcessExited>(e => e.Actor == children[0]).ExitCode);
        Assert.Equal(128 + 9, live.Await<ProcessExited>(e => e.Actor == children[1]).ExitCode);
    }

    [Fact]
    public void Threads_are_neither_born_nor_die_as_processes()
    {
        using var live = new Live();
        int pid = Live.Run("/usr/bin/python3", "-c", "import threading\nfor _ in range(20):\n t = threading.Thread(target=lambda: None); t.start(); t.join()");
        live.Await<ProcessExited>(e => e.Actor.Pid == pid);
        Assert.Single(live.Seen, e => e is ProcessForked fork && fork.Child.Pid == pid);
        Assert.Single(live.Seen, e => e is ProcessExited exit && exit.Actor.Pid == pid);
        Assert.DoesNotContain(live.Seen, e => e is ProcessForked fork && fork.Actor.Pid == pid);
    }

    [Fact]
    public void A_process_whose_first_thread_left_early_dies_with_its_last()
    {
        using var live = new Live();
        int pid = Live.Run("/usr/bin/python3", "-c", """
            import ctypes, os, threading, time
            def work():
                time.sleep(0.2)
                os._exit(7)
            threading.Thread(target=work).start()
            ctypes.CDLL(None).pthread_exit(None)
            """);
        Assert.Equal(7, live.Await<ProcessExited>(e => e.Actor.Pid == pid).ExitCode);
        Assert.Single(live.Seen, e => e is ProcessExited exit && exit.Actor.Pid == pid);
    }

    [Fact]
    public void An_exec_by_a_second_thread_is_one_of_the_same_process()
    {
        using var live = new Live();
        int pid = Live.Run("/usr/bin/python3", "-c", """
            import os, threading, time
            threading.Thread(target=lambda: os.execv('/bin/echo', ['/bin/echo', 'by-thread'])).start()
            time.sleep(5)
            """);
        var seen = live.Await<ProcessExecuted>(e => e.Arguments is ["/bin/echo", "by-thread"]);
        Assert.Equal(pid, seen.Actor.Pid);
        Assert.Equal(seen.Actor, live.Await<ProcessForked>(e => e.Child.Pid == pid).Child);
        live.Await<ProcessExited>(e => e.Actor == seen.Actor);
        Assert.Single(live.Seen, e => e is ProcessExited && e.Actor.Pid == pid);
    }

    [Fact]
    public void A_tag_is_inherited_by_the_child_that_names_another_parent()
    {
        using var live = new Live();
        using var python = Live.Start("/usr/bin/python3", "-c", Python.CloneParent);
        var key = live.Await<ProcessExecuted>(e => e.Actor.Pid == python.Id).Actor;
        Assert.True(live.Ebpf.Tag(key, 8));
        python.StandardInput.WriteLine();
        var seen = live.Await<ProcessExecuted>(e => e.Arguments is ["/bin/echo", "other-parent"]);
        Assert.Equal(8u, seen.Session);
        Assert.NotEqual(key, seen.Parent);
        Assert.Equal(key, live.Await<ProcessForked>(e => e.Child == seen.Actor).Actor);
    }

    [Fact]
    public void A_reused_pid_is_another_process_and_inherits_no_tag()
    {
        using var live = new Live();
        using var first = Live.Start("/bin/sh", "-c", "read line; exec /bin/echo marker-first");
        var key = live.Await<ProcessExecuted>(e => e.Actor.Pid == first.Id).Actor;
        Assert.True(live.Ebpf.Tag(key, 5));
        first.StandardInput.WriteLine();
        first.WaitForExit();
        Assert.Equal(5u, live.Executed("marker-first").Session);
        Assert.False(live.Ebpf.Tag(key, 6));

        Python.Run(Python.WithPid, first.Id.ToString(), "marker-reused");
        var second = live.Await<ProcessExecuted>(e => e.Arguments is ["/bin/echo", "marker-reused"]);
        Assert.Equal(key.Pid, second.Actor.Pid);
        Assert.NotEqual(key, second.Actor);
        Assert.Equal(0u, second.Session);
        Assert.False(live.Ebpf.Tag(key, 6));
    }
}
