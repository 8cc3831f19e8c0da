using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Canary.Events;
using Canary.Sensors.Ebpf;
using Xunit;
using Xunit.Abstractions;

namespace Canary.Kernel.Tests.Ebpf;

public sealed class StormTests(ITestOutputHelper output)
{
    [Fact]
    public void Of_20_000_short_processes_none_is_lost_though_the_reader_sleeps_a_second_at_a_time()
    {
        const int Each = 10_000;
        using var live = new Live();
        live.Drain();
        var workers = new[] { Start(Each), Start(Each) };
        var batch = new List<SensorEvent>(16_384);
        var forks = new Dictionary<ProcessKey, ProcessKey>();
        int execs = 0, exits = 0, wrongParent = 0;
        long heap = 0;
        var clock = Stopwatch.StartNew();
        bool ended = false;
        while (true)
        {
            bool last = ended;
            while (live.Sensor.Collect(batch))
            {
            }

            foreach (var seen in batch)
            {
                switch (seen)
                {
                    case ProcessForked fork:
                        forks[fork.Child] = fork.Actor;
                        break;
                    case ProcessExecuted { Arguments: ["/bin/true", "storm"] } exec:
                        execs++;
                        if (!forks.TryGetValue(exec.Actor, out var parent) || parent != exec.Parent || !workers.Any(w => w.Id == parent.Pid))
                            wrongParent++;
                        break;
                    case ProcessExited exit when forks.TryGetValue(exit.Actor, out var forker) && workers.Any(w => w.Id == forker.Pid):
                        exits++;
                        break;
                }
            }

            batch.Clear();
            if (heap == 0 && execs > 2 * Each / 4)
                heap = GC.GetTotalMemory(true) - forks.Count * 64;
            if (last)
                break;
            ended = workers.All(w => w.WaitForExit(0));
            if (!ended)
                Thread.Sleep(1000);
        }

        output.WriteLine($"{execs} in {clock.Elapsed.TotalSeconds:F1} s");
        Assert.Equal(2 * Each, execs);
        Assert.Equal(2 * Each, exits);
        Assert.Equal(0, wrongParent);
        Assert.Empty(live.Losses());
        Assert.InRange(GC.GetTotalMemory(true) - forks.Count * 64 - heap, long.MinValue, 4 << 20);
    }

    [Fact]
    public void With_a_tiny_ring_every_lost_process_event_is_counted()
    {
        using var live = new Live(new EbpfOptions { ProcessRing = 4096 });
        live.Drain();
        int before = live.Seen.Count;
        Python.Run(Python.Spawn, "200");
        live.Drain();
        long lost = Assert.Single(live.Losses(), l => l.Class == "process").Count;
        Assert.True(lost > 0);
        Assert.InRange(live.Seen.Count - before + lost, 600, 5000);
        Assert.Empty(live.Losses());
    }

    [Fact]
    public void With_a_tiny_ring_every_lost_connection_is_counted()
    {
        using var live = new Live(new EbpfOptions { OtherRing = 4096 });
        Assert.True(live.Ebpf.Tag(live.Me, 1));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int port = 20_000; port < 20_500; port++)
            socket.SendTo([0], new IPEndPoint(IPAddress.Loopback, port));
        live.Drain();
        long lost = Assert.Single(live.Losses(), l => l.Class == "network").Count;
        Assert.Equal(500, lost + live.Seen.Count(e => e is Connected { Port: >= 20_000 and < 20_500 }));
    }

    [Fact]
    public void Records_that_run_over_the_end_of_the_ring_are_whole()
    {
        using var live = new Live(new EbpfOptions { ProcessRing = 65536 });
        string part = new('w', 19_000);
        for (int i = 0; i < 40; i++)
        {
            string marker = $"wrapped-{i}";
            Live.Run("/bin/true", marker, part, marker);
            Assert.Equal(["/bin/true", marker, part, marker], live.Executed(marker).Arguments);
        }

        Assert.Empty(live.Losses());
    }

    private static Process Start(int count) => Live.Start("/usr/bin/python3", "-c", Python.Spawn, count.ToString(CultureInfo.InvariantCulture));
}
