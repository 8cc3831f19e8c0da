using Canary.Events;
using Canary.Sensors.Fanotify;
using Xunit;

namespace Canary.Kernel.Tests.Fanotify;

public sealed class LossTests
{
    private const string QueueLimit = "/proc/sys/fs/fanotify/max_queued_events";

    [Fact]
    public void A_queue_that_overflows_is_a_loss_and_what_came_meanwhile_is_watched_after_it()
    {
        string limit = File.ReadAllText(QueueLimit);
        using var world = new FileWorld();
        try
        {
            File.WriteAllText(QueueLimit, "64");
            world.Start().WatchTree();
        }
        finally
        {
            File.WriteAllText(QueueLimit, limit);
        }

        Assert.Empty(world.Losses());
        world.Act("for i in $(seq 200); do echo > tree/f$i; done; mkdir -p tree/late/in; echo > secrets/late");
        Assert.DoesNotContain("Create tree/late", world.Seen());
        Assert.Equal([new SensorLoss("fanotify", "file", 1)], world.Losses());
        Assert.Equal(["Create tree/late/in/f", "Write tree/late/in/f"], world.Seen("echo > tree/late/in/f"));
        Assert.Contains("Open secrets/late", world.Seen("ln secrets/late elsewhere/x; cat elsewhere/x"));
        Assert.Empty(world.Losses());
    }

    [Fact]
    public void A_mount_inside_a_tree_is_not_entered_and_reported()
    {
        using var world = new FileWorld();
        world.Act("mkdir tree/m; mount -t tmpfs none tree/m; mkdir tree/m/d");
        try
        {
            world.Start().WatchTree();
            Assert.Equal([new SensorLoss("fanotify", "file-scope", 1)], world.Losses());
        }
        finally
        {
            world.Act("umount tree/m");
        }
    }

    [Fact]
    public void A_watched_path_that_links_to_the_system_does_not_have_the_system_watched()
    {
        using var world = new FileWorld();
        world.Act("ln -s /usr/lib elsewhere/l; ln -s /var elsewhere/v; ln -s ../secrets elsewhere/s");
        world.Start(w => w with { Secrets = [world.Path("elsewhere/l"), world.Path("elsewhere/v"), world.Path("elsewhere/s")] });
        Assert.Equal([new SensorLoss("fanotify", "file-scope", 2)], world.Losses());
        Assert.InRange(world.Sensor.Marks, 1, 20);
        Assert.Equal(["Open secrets/key"], world.Seen("cat secrets/key; ls /usr/lib > /dev/null"));
    }

    [Fact]
    public void A_tree_is_scanned_two_milliseconds_at_a_time()
    {
        using var world = new FileWorld();
        world.Act("i=0; while [ $i -lt 100 ]; do i=$((i+1)); mkdir -p $(seq -f tree/d$i/%g 20); done");
        // every look at the clock takes half a millisecond: five steps a call at most
        world.Start(time: new SlowClock(TimeSpan.FromMilliseconds(0.5)));
        world.Sensor.WatchTree(world.Path("tree"));
        int most = 0;
        int before = world.Sensor.Marks;
        for (bool more = true; more;)
        {
            more = world.Sensor.Collect([]);
            most = Math.Max(most, world.Sensor.Marks - before);
            before = world.Sensor.Marks;
        }

        Assert.InRange(before, 2100, 2200);
        Assert.InRange(most, 1, 5);
    }

    [Fact]
    public void The_default_places_fit_this_machine_and_cost_little()
    {
        using var sensor = new FanotifySensor(FileWatch.Default);
        Assert.Null(sensor.Start().Unavailable);
        var events = new List<SensorEvent>();
        while (sensor.Collect(events))
        {
        }

        Assert.InRange(sensor.Marks, 20, 10_000);
    }

    private sealed class SlowClock(TimeSpan step) : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks += step.Ticks;
    }
}
