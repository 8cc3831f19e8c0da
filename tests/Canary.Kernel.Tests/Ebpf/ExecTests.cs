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
        Assert.False(seen.Truncated || seen.Lossy || seen.AlreadyRunning);
        Assert.Equal(0, live.Await<ProcessExited>(e => e.Actor == seen.Actor).ExitCode);
        Assert.Equal(3, live.Await<ProcessExited>(e => e.Actor == seen.Parent).ExitCode);
        Assert.Equal(live.Me.Pid, live.Await<ProcessForked>(e => e.Child == seen.Parent).Actor.Pid);
        Assert.Equal(seen.Parent, live.Await<ProcessForked>(e => e.Child == seen.Actor).Actor);
        Assert.Empty(live.Losses());
    }
}
