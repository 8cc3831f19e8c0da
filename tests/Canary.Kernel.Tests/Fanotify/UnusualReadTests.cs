using Canary.Events;
using Xunit;

namespace Canary.Kernel.Tests.Fanotify;

public sealed class UnusualReadTests : IDisposable
{
    private readonly FileWorld _world = new();

    public UnusualReadTests()
    {
        string source = System.IO.Path.Combine(AppContext.BaseDirectory, "Fanotify", "unusual-reads.c");
        _world.Act($"gcc -O1 -o unusual-reads '{source}'");
        _world.Start();
    }

    [Theory]
    [InlineData("uring")]
    [InlineData("opath")]
    [InlineData("mmap")]
    public void A_read_that_no_system_call_names_is_seen_with_the_reader(string how)
    {
        int pid = _world.Act($"exec ./unusual-reads {how} secrets/key");
        _world.Settle();
        var seen = Assert.Single(_world.Events);
        Assert.Equal((FileAct.Open, _world.Path("secrets/key"), new ProcessKey(pid, 0)), (seen.Act, seen.Path, seen.Actor));
    }

    [Fact]
    public void Ten_thousand_events_are_each_told_once_and_leave_no_descriptor_open()
    {
        _world.WatchTree();
        int before = HeldInWorld();
        int seen = 0;
        for (int round = 0; round < 7; round++)
        {
            _world.Act("for i in $(seq 500); do echo > tree/f$i; done; rm tree/f*");
            seen += _world.Seen().Count;
        }

        Assert.Equal(7 * 500 * 3, seen);
        Assert.Equal(before, HeldInWorld());
        Assert.InRange(_world.Sensor.Marks, 1, 20);
    }

    public void Dispose() => _world.Dispose();

    // Of this test's own files only: the test host opens and closes others meanwhile.
    private int HeldInWorld() => Directory.GetFiles("/proc/self/fd")
        .Count(fd => new FileInfo(fd).LinkTarget?.StartsWith(_world.Path(""), StringComparison.Ordinal) == true);
}
