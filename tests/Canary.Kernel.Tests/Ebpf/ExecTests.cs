using Canary.Events;
using Xunit;

namespace Canary.Kernel.Tests.Ebpf;

public sealed class ExecTests
{
    [Fact]
    public void An_exec_is_seen_with_path_arguments_directory_user_and_parent()
    {
        using var live = new Live();
        int pid = Live.Run("/bin/sh", "-c", "cd /usr/lib && /bin/echo one 'two three' '' marker-7f; exit 3");
        var seen = live.Executed("marker-7f");
        Assert.Equal("/usr/bin/echo", seen.Image);
        Assert.Equal("/bin/echo", seen.Requested);
        Assert.Equal(["/bin/echo", "one", "two three", "", "marker-7f"], seen.Arguments);
        Assert.Equal("/usr/lib", seen.CurrentDirectory);
        Assert.Equal(0u, seen.Uid);
        Assert.Equal(pid, seen.Parent.Pid);
        Assert.False(seen.Truncated || seen.Lossy || seen.AlreadyRunning || seen.File.IsNone);
        Assert.Equal(0, live.Await<ProcessExited>(e => e.Actor == seen.Actor).ExitCode);
        Assert.Equal(3, live.Await<ProcessExited>(e => e.Actor == seen.Parent).ExitCode);
        Assert.Equal(live.Me.Pid, live.Await<ProcessForked>(e => e.Child == seen.Parent).Actor.Pid);
        Assert.Equal(seen.Parent, live.Await<ProcessForked>(e => e.Child == seen.Actor).Actor);
        Assert.Empty(live.Losses());
    }

    [Fact]
    public void Another_user_is_seen_as_that_user()
    {
        using var live = new Live();
        Live.Run("/usr/bin/setpriv", "--reuid=65534", "/bin/echo", "as-nobody");
        Assert.Equal(65534u, live.Await<ProcessExecuted>(e => e.Image == "/usr/bin/echo" && e.Arguments.Contains("as-nobody")).Uid);
    }

    [Fact]
    public void A_command_line_of_100_KB_is_whole()
    {
        using var live = new Live();
        string first = new('x', 70_000), second = new('y', 30_000);
        Live.Run("/bin/true", first, second, "marker-long");
        var seen = live.Executed("marker-long");
        Assert.Equal(["/bin/true", first, second, "marker-long"], seen.Arguments);
        Assert.False(seen.Truncated);
    }

    [Fact]
    public void A_command_line_of_200_KB_is_cut_and_says_so()
    {
        using var live = new Live();
        string part = new('z', 50_000);
        Live.Run("/bin/true", "marker-huge", part, part, part, part);
        var seen = live.Executed("marker-huge");
        Assert.True(seen.Truncated);
        Assert.Equal(part, seen.Arguments[2]);
        Assert.Equal(128 * 1024, seen.Arguments.Sum(a => a.Length + 1), 1.0);
    }

    [Fact]
    public void A_script_is_what_was_asked_for_and_its_interpreter_is_the_image()
    {
        using var folder = new Folder();
        string script = folder.Script("deploy", "#!/bin/sh\nexit 0\n");
        using var live = new Live();
        Live.Run(script, "marker-script");
        var seen = live.Executed("marker-script");
        Assert.Equal(script, seen.Requested);
        Assert.Equal(Path.GetFullPath(File.ResolveLinkTarget("/bin/sh", true)?.FullName ?? "/bin/sh").Replace("/bin/", "/usr/bin/").Replace("/usr/usr/", "/usr/"), seen.Image);
        Assert.Equal(["/bin/sh", script, "marker-script"], seen.Arguments);
    }

    [Fact]
    public void A_symbolic_link_shows_the_file_behind_it()
    {
        using var folder = new Folder();
        string link = Path.Combine(folder.Path, "innocent");
        File.CreateSymbolicLink(link, "/usr/bin/true");
        using var live = new Live();
        Live.Run(link, "marker-link");
        var seen = live.Executed("marker-link");
        Assert.Equal("/usr/bin/true", seen.Image);
        Assert.Equal(link, seen.Requested);
    }

    [Fact]
    public void A_memory_file_run_by_execveat_is_called_one()
    {
        using var live = new Live();
        Python.Run(Python.MemfdExec, "marker-memfd");
        var seen = live.Await<ProcessExecuted>(e => e.Arguments is ["kworker/0:1", "marker-memfd"]);
        Assert.Equal("memfd:payload", seen.Image);
    }

    [Fact]
    public void A_deleted_program_and_directory_say_so()
    {
        using var folder = new Folder();
        string copy = folder.CopyOf("/bin/sleep", "gone");
        using var live = new Live();
        Live.Run("/bin/bash", "-c", $"mkdir {folder.Path}/d && cd {folder.Path}/d && rmdir {folder.Path}/d && exec 9<{copy} && rm {copy} && exec /proc/self/fd/9 0.01");
        var seen = live.Await<ProcessExecuted>(e => e.Arguments is ["/proc/self/fd/9", "0.01"]);
        Assert.Equal(copy + " (deleted)", seen.Image);
        Assert.Equal(folder.Path + "/d (deleted)", seen.CurrentDirectory);
    }

    [Fact]
    public void Bytes_that_are_not_text_are_escaped_and_flagged()
    {
        using var live = new Live();
        Live.Run("/bin/bash", "-c", "/bin/echo marker-bytes $'a\\xffb'");
        var seen = live.Executed("marker-bytes");
        Assert.Equal(@"a\xffb", seen.Arguments[2]);
        Assert.True(seen.Lossy);
    }

    [Fact]
    public void In_a_container_pids_are_the_hosts_and_paths_are_the_containers()
    {
        using var folder = new Folder();
        using var live = new Live();
        string root = folder.Path;
        Live.Run("/usr/bin/unshare", "--mount", "--pid", "--fork", "/bin/sh", "-c",
            $"cd {root} && mkdir usr && mount --bind /usr usr && ln -s usr/bin bin && ln -s usr/lib lib && ln -s usr/lib64 lib64 && exec chroot {root} /bin/sh -c 'cd /usr/bin; /usr/bin/echo marker-jail; true'");
        var seen = live.Executed("marker-jail");
        Assert.Equal("/usr/bin/echo", seen.Image);
        Assert.Equal("/usr/bin", seen.CurrentDirectory);
        Assert.True(seen.Parent.Pid > 1);
        Assert.Equal(seen.Parent, live.Await<ProcessExecuted>(e => e.Requested == "/bin/sh" && e.CurrentDirectory == "/").Actor);
    }

    [Fact]
    public void What_already_runs_is_found_with_its_parents_first()
    {
        using var before = Live.Start("/bin/sh", "-c", "/bin/sleep 60; exit 0", "marker-before");
        try
        {
            Thread.Sleep(100);
            using var live = new Live();
            var shell = live.Running(before.Id);
            var sleep = live.Await<ProcessExecuted>(e => e.Parent == shell.Actor);
            Assert.Equal(["/bin/sh", "-c", "/bin/sleep 60; exit 0", "marker-before"], shell.Arguments);
            Assert.Equal("/usr/bin/sleep", sleep.Image);
            Assert.Equal(live.Me, shell.Parent);
            Assert.True(live.Seen.IndexOf(shell) < live.Seen.IndexOf(sleep));
            Assert.Equal(shell.Actor.StartedNs, shell.AtNs); // so that whoever sorts by time keeps this order
            Assert.Contains(live.Seen, e => e is ProcessExecuted { Actor.Pid: 1, AlreadyRunning: true });
            Assert.DoesNotContain(live.Seen, e => e is ProcessExecuted { Actor.Pid: 2 }); // kthreadd
        }
        finally
        {
            before.Kill(entireProcessTree: true);
        }
    }
}
