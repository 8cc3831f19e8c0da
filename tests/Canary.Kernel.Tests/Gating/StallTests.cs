using System.Diagnostics;
using Canary.Models.Gating;
using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

/// <summary>The disk stands still, or more is asked than is answered.</summary>
public sealed class StallTests : IDisposable
{
    private const string QueueLimit = "/proc/sys/fs/fanotify/max_queued_events";

    private readonly GateWorld _disk = new();
    private readonly GateWorld _world;
    private bool _frozen;

    public StallTests()
    {
        _disk.Act("truncate -s 96M image; mkfs.ext4 -q image; mkdir mounted; mount -o loop image mounted");
        _world = new GateWorld(_disk.At("mounted"));
    }

    [Theory]
    [InlineData(GatePolicy.DenyUnknown, "open errno 1", "denied deadline a.gguf")]
    [InlineData(GatePolicy.Observe, "blocks 4 failed 0 first -1 errno 0", "allowed deadline a.gguf")]
    public void Who_waits_for_a_disk_that_stands_still_has_an_answer_when_the_deadline_is_over(GatePolicy policy, string answer, string told)
    {
        _world.Model("models/a.gguf", 3);
        _world.Model("models/b.gguf", 3);
        // Its last chunk is bad, so that it is not complete, and is never sealed.
        _world.Flip("models/b.gguf", (3 << 20) + 5);
        _world.Start(o => o with { Seal = ModelSeal.Flag, Policies = new PolicyBook(policy, []), Deadline = TimeSpan.FromSeconds(1) });
        Freeze();
        // As soon as all of it is compared, the flag waits for the disk, and holds the file meanwhile: the last of these reads may find it so.
        _ = _world.Load("read", "models/a.gguf");
        Thread.Sleep(500);
        long began = Stopwatch.GetTimestamp();
        Assert.Equal(answer, _world.Load("read", "models/a.gguf"));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 1, 15);
        // Others are not held up.
        Assert.Equal(policy == GatePolicy.Observe ? "blocks 4 failed 0 first -1 errno 0" : "blocks 4 failed 1 first 3 errno 5", _world.Load("read", "models/b.gguf"));
        Thaw();
        _world.Await("models/a.gguf", FileGuarantee.Sealed);
        Assert.Equal("blocks 4 failed 0 first -1 errno 0", _world.Load("read", "models/a.gguf"));
        Assert.Contains(told, _world.Told());
    }

    [Fact]
    public void However_many_ask_for_a_file_on_a_disk_that_stands_still_others_are_answered_at_once()
    {
        _world.Model("models/a.gguf", 3);
        _world.Model("models/b.gguf", 3);
        _world.Flip("models/b.gguf", (3 << 20) + 5);
        _world.Start(o => o with { Seal = ModelSeal.Flag, Deadline = TimeSpan.FromSeconds(8) });
        Freeze();
        _ = _world.Load("read", "models/a.gguf");
        Thread.Sleep(500);
        // What is written to the disk that stands still would wait for it.
        string told = Directory.CreateDirectory(_disk.At("told")).FullName;
        _world.Act($"for i in $(seq 40); do (./elsewhere/model-reads read models/a.gguf > {told}/$i 2>&1; echo end >> {told}/$i) >/dev/null 2>&1 & done; sleep 1");
        long began = Stopwatch.GetTimestamp();
        Assert.Equal("blocks 4 failed 1 first 3 errno 5", _world.Load("read", "models/b.gguf"));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 4);
        Thaw();
        // Those who wait until then are answered by what the file is, and not by the clock.
        GuardWorld.Wait(() => Directory.GetFiles(told).All(f => File.ReadAllText(f).EndsWith("end\n", StringComparison.Ordinal)));
        Assert.Equal(40, Directory.GetFiles(told).Count(f => File.ReadAllText(f).Contains("blocks 4 failed 0", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_end_of_a_gate_does_not_wait_for_a_disk_that_stands_still()
    {
        _world.Model("models/a.gguf", 3);
        _world.Start(o => o with { Seal = ModelSeal.Flag });
        Freeze();
        _ = _world.Load("mmap", "models/a.gguf");
        Thread.Sleep(500);
        long began = Stopwatch.GetTimestamp();
        _world.Told();
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 20);
        Assert.Contains(_world.Troubles, t => t.Reason!.Contains("the disk did not answer", StringComparison.Ordinal));
        Thaw();
        _world.Act("cat models/a.gguf > /dev/null");
    }

    [Fact]
    public void What_does_not_fit_the_kernels_queue_is_allowed_by_it_and_told()
    {
        // The gate asks for a queue without a limit. Here is one with a limit, that nobody reads until it is full.
        string limit = File.ReadAllText(QueueLimit).Trim();
        int descriptor;
        try
        {
            File.WriteAllText(QueueLimit, "2");
            descriptor = Limited();
        }
        finally
        {
            File.WriteAllText(QueueLimit, limit);
        }

        _world.Act("for i in $(seq 6); do echo unknown > models/$i.bin; done");
        Assert.Null(GateGroup.Open(descriptor, out var group));
        Assert.Equal(0, group!.Mark(_world.At("models"), GateFan.Permissions | 0x08000000));
        Assert.Equal("4", _world.Output("""
            for i in $(seq 6); do (cat models/$i.bin > elsewhere/$i.out 2>&1 || true; echo end >> elsewhere/$i.out) >/dev/null 2>&1 & done
            sleep 1; grep -l unknown elsewhere/*.out | wc -l
            """).Trim());
        Assert.Null(ModelGate.Start(new ModelGateOptions { Paths = [_world.At("models")], Group = descriptor, Seal = ModelSeal.None }, new GateBook([]), TimeProvider.System, out var gate));
        using (gate)
        {
            GuardWorld.Wait(() => Directory.GetFiles(_world.At("elsewhere"), "*.out").All(f => File.ReadAllText(f).EndsWith("end\n", StringComparison.Ordinal)));
            gate!.Stop();
            Assert.Contains(Words(gate), w => w is GateSubject { Subject: Findings.HealthReport { Reason: { } reason } } && reason.Contains("could not queue all", StringComparison.Ordinal));
        }

        Assert.Equal("2", _world.Output("grep -l 'not permitted' elsewhere/*.out | wc -l").Trim());
    }

    [Fact]
    public void A_hundred_who_ask_at_once_are_all_answered()
    {
        _world.Model("models/a.gguf", 3);
        _world.Act("echo unknown > models/unknown");
        _world.Start(o => o with { Workers = 1, Deadline = TimeSpan.FromSeconds(20) });
        Assert.Equal("50 50", _world.Output("""
            for i in $(seq 50); do (./elsewhere/model-reads read models/a.gguf > elsewhere/$i.good || true) & (cat models/unknown > elsewhere/$i.bad 2>&1 || true) & done; wait
            echo $(cat elsewhere/*.good | grep -c 'blocks 4 failed 0') $(cat elsewhere/*.bad | grep -c 'not permitted')
            """).Trim());
    }

    public void Dispose()
    {
        Thaw();
        _world.Gate?.Dispose();
        _world.Dispose();
        _disk.Act("umount -l mounted");
        _disk.Dispose();
    }

    private static int Limited()
    {
        const uint Class = GateFan.ClassPreContent, NonBlock = 2;
        int descriptor = Canary.Sensors.Fanotify.LibC.FanotifyInit(Class | NonBlock, 0x8000);
        Assert.True(descriptor >= 0);
        return descriptor;
    }

    private static List<GateWord> Words(ModelGate gate)
    {
        var words = new List<GateWord>();
        while (gate.Words.TryRead(out var word))
            words.Add(word);
        return words;
    }

    private void Freeze()
    {
        _disk.Act("sync; fsfreeze -f mounted");
        _frozen = true;
    }

    private void Thaw()
    {
        if (_frozen)
            _disk.Act("fsfreeze -u mounted");
        _frozen = false;
    }
}
