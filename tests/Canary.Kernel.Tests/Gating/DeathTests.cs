using System.Diagnostics;
using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

/// <summary>The guard, or the process in which its gate is, is killed.</summary>
public sealed class DeathTests : IDisposable
{
    private const string Whole = "blocks 4 failed 0 first -1 errno 0";
    private const string Mapped = "blocks 1 failed 0 first -1 errno 0";
    private const string Refused = "open errno 1";

    private readonly GuardWorld _world = new();

    [Fact]
    public void Killed_in_the_middle_of_a_large_file_it_lets_go_who_waits_and_the_next_one_begins_anew()
    {
        var (small, large) = (_world.Files.Model("models/a.gguf", 3), _world.Sparse("models/large.gguf", 4096));
        _world.Lock(small, large);
        var guard = _world.Guard();
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        GuardWorld.Wait(() => FileSeal.IsOn(small.Path));
        var loader = _world.Begin("mmap", "models/large.gguf");
        Thread.Sleep(200);
        _world.Stop(guard);
        Assert.False(loader.HasExited, "it was too quick for this test");
        guard.Kill();
        Assert.Equal(Mapped, GuardWorld.Printed(loader));
        guard.WaitForExit();
        // What it had compared counts for nothing: one byte that is changed now is found, also in what it had sealed.
        _world.Files.Act($"{GuardWorld.Program} model unseal models/a.gguf --state state");
        _world.Files.Flip("models/a.gguf", 5);
        _world.Files.Flip("models/large.gguf", 7);
        var next = _world.Guard();
        _world.AwaitSaid($"an earlier gate (process {guard.Id}) did not come to its end");
        Assert.Equal("blocks 4 failed 1 first 0 errno 5", _world.Files.Load("read", "models/a.gguf"));
        Assert.Equal("blocks 1 failed 1 first 0 errno 5", _world.Files.Load("mmap", "models/large.gguf"));
        _world.End(next);
    }

    [Fact]
    public void After_an_orderly_end_the_next_one_has_nothing_to_say_of_the_one_before()
    {
        _world.Lock(_world.Files.Model("models/a.gguf", 3));
        var first = _world.Guard();
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        _world.End(first);
        var next = _world.Guard();
        Assert.DoesNotContain(_world.End(next), l => l.ToString().Contains("did not come to its end", StringComparison.Ordinal));
    }

    [Fact]
    public void Under_deny_who_waits_is_refused_when_the_gate_dies_and_so_are_those_who_come_until_it_stands_again()
    {
        var (a, b) = (_world.Files.Model("models/a.gguf", 3), _world.Files.Model("models/b.gguf", 3));
        _world.Lock(a, b);
        var guard = _world.Guard("--on-death deny");
        _world.KillUnderDeny(guard, a, b);
        var lines = _world.End(guard);
        Assert.Contains(lines, l => l.GetProperty("kind").GetString() == "alert" && l.ToString().Contains("was killed by signal 9", StringComparison.Ordinal));
        Assert.False(FileSeal.IsOn(a.Path));
    }

    [Fact]
    public void Under_deny_a_gate_that_was_asked_to_end_by_another_than_its_starter_is_refused_for_too()
    {
        var a = _world.Files.Model("models/a.gguf", 3);
        _world.Lock(a);
        var guard = _world.Guard("--on-death deny");
        var worker = _world.Worker(guard);
        _world.Files.Act($"mv models.lock elsewhere/; kill -TERM {worker.Id}");
        _world.AwaitSaid("ended by itself, with exit code");
        Assert.Equal(Refused, _world.Files.Load("read", "models/a.gguf"));
        _world.Files.Act("mv elsewhere/models.lock .");
        _world.AwaitSaid("the gate stands again");
        Assert.DoesNotContain("; 0 opens and reads were refused", _world.Out, StringComparison.Ordinal);
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        _world.End(guard);
    }

    [Fact]
    public void Under_deny_a_question_that_the_dead_gate_had_taken_is_refused_too()
    {
        var large = _world.Sparse("models/large.gguf", 4096);
        _world.Lock(large);
        var guard = _world.Guard("--on-death deny");
        var worker = _world.Worker(guard);
        var waits = _world.Begin("mmap", "models/large.gguf");
        Thread.Sleep(200);
        _world.Stop(worker);
        Assert.False(waits.HasExited, "it was too quick for this test");
        worker.Kill();
        Assert.Equal("blocks 1 failed 1 first 0 errno 1", GuardWorld.Printed(waits));
        _world.AwaitSaid("the gate stands again");
        Assert.Equal(Mapped, _world.Files.Load("mmap", "models/large.gguf"));
        _world.End(guard);
    }

    [Fact]
    public void Under_allow_who_waits_goes_on_and_the_gate_is_started_again()
    {
        _world.Lock(_world.Files.Model("models/a.gguf", 3));
        _world.Files.Flip("models/a.gguf", 5);
        var guard = _world.Guard("--on-death allow");
        var worker = _world.Worker(guard);
        _world.Stop(worker);
        var waits = _world.Begin("read", "models/a.gguf");
        Assert.False(waits.WaitForExit(TimeSpan.FromSeconds(1)));
        worker.Kill();
        Assert.Equal(Whole, GuardWorld.Printed(waits));
        GuardWorld.Wait(() => _world.Out.Split("\"ready\"").Length == 3);
        Assert.Equal("blocks 4 failed 1 first 0 errno 5", _world.Files.Load("read", "models/a.gguf"));
        _world.End(guard);
    }

    [Theory]
    [InlineData("deny", Refused)]
    [InlineData("allow", Whole)]
    public void A_gate_that_stands_still_is_ended_and_nobody_waits_longer_than_the_deadline(string death, string answer)
    {
        _world.Lock(_world.Files.Model("models/a.gguf", 3));
        var guard = _world.Guard($"--on-death {death} --deadline 2s");
        var worker = _world.Worker(guard);
        _world.Stop(worker);
        long began = Stopwatch.GetTimestamp();
        Assert.Equal(answer, GuardWorld.Printed(_world.Begin("read", "models/a.gguf")));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.5, 10);
        _world.AwaitSaid("stood still and was ended");
        _world.AwaitSaid(death == "deny" ? "the gate stands again" : "Until this one stood, nothing was compared");
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        _world.End(guard);
    }

    [Fact]
    public void Under_deny_a_gate_that_cannot_start_again_keeps_refusing_and_says_why()
    {
        var a = _world.Files.Model("models/a.gguf", 3);
        _world.Lock(a);
        var guard = _world.Guard("--on-death deny");
        var worker = _world.Worker(guard);
        File.Delete(_world.LockFile);
        worker.Kill();
        _world.AwaitSaid("ended by itself, with exit code 4");
        Assert.Equal(Refused, _world.Files.Load("read", "models/a.gguf"));
        Assert.Contains("no such file", File.ReadAllText(_world.At("guard.err")), StringComparison.Ordinal);
        _world.Lock(a);
        _world.AwaitSaid("the gate stands again");
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        _world.End(guard);
    }

    [Fact]
    public void When_both_are_killed_nothing_is_refused_any_more_and_the_next_guard_says_so()
    {
        _world.Lock(_world.Files.Model("models/a.gguf", 3));
        _world.Files.Flip("models/a.gguf", 5);
        var guard = _world.Guard("--on-death deny");
        var worker = _world.Worker(guard);
        guard.Kill();
        _world.AwaitSaid("the process that would start this gate again is gone");
        Assert.Equal("blocks 4 failed 1 first 0 errno 5", _world.Files.Load("read", "models/a.gguf"));
        worker.Kill();
        worker.WaitForExit();
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        var next = _world.Guard();
        _world.AwaitSaid($"an earlier gate (process {worker.Id}) did not come to its end");
        _world.End(next);
    }

    public void Dispose() => _world.Dispose();
}
