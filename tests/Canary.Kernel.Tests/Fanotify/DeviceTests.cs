using Canary.Events;
using Xunit;

namespace Canary.Kernel.Tests.Fanotify;

public sealed class DeviceTests
{
    // one that no driver makes, for a pattern of the test's own: a machine may have GPUs
    private const string Device = "/dev/canary-test-gpu7";

    [Fact]
    public void An_opened_device_is_seen_whether_it_was_there_or_comes_later()
    {
        using var world = new FileWorld();
        world.Act($"rm -f {Device}; mknod {Device} c 1 3");
        try
        {
            world.Start(w => w with { Devices = ["/dev/canary-test-gpu*"] });
            int pid = world.Act($"exec cat {Device}");
            world.Settle();
            var seen = Assert.Single(world.Events);
            Assert.Equal((FileAct.OpenDevice, Device, new ProcessKey(pid, 0)), (seen.Act, seen.Path, seen.Actor));
            world.Clear();
            world.Act($"rm {Device}; mknod {Device} c 1 3");
            world.Settle();
            world.Clear();
            Assert.Equal([$"OpenDevice {Device}"], world.Seen($": < {Device}; : < /dev/null; : < /dev/zero"));
        }
        finally
        {
            world.Act($"rm -f {Device}");
        }
    }
}
