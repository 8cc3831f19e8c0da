using Canary.Events;
using Canary.Kernel.Tests.Ebpf;
using Canary.Sensors.Proc;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Canary.Kernel.Tests.Proc;

public sealed class ProcTierTests
{
    [Fact]
    public void The_process_connector_tells_fork_exec_and_exit()
    {
        using var live = new Live(new ProcConnectorSensor());
        Assert.Equal("process connector", live.State.Tier);
        using var shell = Live.Start("/bin/sh", "-c", "cd /usr/lib; /bin/sleep 0.3; exit 4", "marker-connector");
        var seen = live.Await<ProcessExecuted>(e => e.Actor.Pid == shell.Id);
        var sleep = live.Await<ProcessExecuted>(e => e.Parent == seen.Actor);
        Assert.Equal(("/usr/bin/sleep", "/usr/lib"), (sleep.Image, sleep.CurrentDirectory));
        Assert.Equal(["/bin/sleep", "0.3"], sleep.Arguments);
        Assert.Equal(4, live.Await<ProcessExited>(e => e.Actor == seen.Actor).ExitCode);
        Assert.Equal(seen.Actor, live.Await<ProcessForked>(e => e.Child == sleep.Actor).Actor);
        Assert.Equal(Environment.ProcessId, live.Await<ProcessForked>(e => e.Child == seen.Actor).Actor.Pid);
    }

    [Fact]
    public void A_process_that_the_connector_was_too_slow_for_is_counted()
    {
        using var live = new Live(new ProcConnectorSensor());
        live.Drain();
        Live.Run("/bin/sh", "-c", "/bin/true; /bin/true");
        live.Drain();
        Assert.InRange(live.Losses().Single().Count, 2, 1000);
    }

    [Fact]
    public void Polling_finds_what_lives_long_enough_and_its_end()
    {
        var time = new FakeTimeProvider();
        using var live = new Live(new ProcPollSensor(time));
        live.Drain();
        Assert.Contains(live.Seen, e => e is ProcessExecuted { AlreadyRunning: true } seen && seen.Actor.Pid == Environment.ProcessId);
        using var sleep = Live.Start("/bin/sleep", "60");
        live.Drain();
        Assert.DoesNotContain(live.Seen, e => e.Actor.Pid == sleep.Id);
        time.Advance(TimeSpan.FromSeconds(1));
        var seen = live.Await<ProcessExecuted>(e => e.Actor.Pid == sleep.Id);
        Assert.Equal((false, "/usr/bin/sleep", Environment.ProcessId), (seen.AlreadyRunning, seen.Image, seen.Parent.Pid));
        sleep.Kill();
        sleep.WaitForExit();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(seen.Actor, live.Await<ProcessExited>(e => e.Actor.Pid == sleep.Id).Actor);
    }

    [Fact]
    public void The_best_that_starts_is_chosen_and_says_why_not_the_others()
    {
        using var poll = new ProcPollSensor(TimeProvider.System);
        using var refused = new Refused("eBPF needs the moon: wait for the night");
        var chosen = ProcessSensors.Best([refused, poll]);
        Assert.Same(poll, chosen.Sensor);
        Assert.Equal("eBPF needs the moon: wait for the night", chosen.State.Unavailable);
        Assert.Null(ProcessSensors.Best([refused]).State.Tier);
    }

    private sealed class Refused(string why) : ISensor
    {
        public string Name => "refused";

        public SensorState Start() => new(Name, null, why, [], []);

        public bool Collect(List<SensorEvent> into) => false;

        public void CollectLosses(List<SensorLoss> into)
        {
        }

        public void Dispose()
        {
        }
    }
}
