using System.Diagnostics;
using Canary.Models.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

/// <summary>What the gate compares before anyone asks.</summary>
public sealed class AheadTests : IDisposable
{
    private const string Whole = "blocks 4 failed 0 first -1 errno 0";

    private readonly GateWorld _world = new();

    [Fact]
    public void A_file_that_nobody_opens_is_sealed_all_the_same_and_a_mapping_of_it_waits_for_nothing()
    {
        _world.Model("models/a.gguf", 3);
        _world.Model("models/b.gguf", 5);
        Start();
        _world.Await("models/a.gguf", FileGuarantee.Sealed);
        _world.Await("models/b.gguf", FileGuarantee.Sealed);
        Assert.Equal("blocks 1 failed 0 first -1 errno 0", _world.Load("mmap", "models/a.gguf"));
        Assert.Equal(["allowed known a.gguf"], _world.Told());
        Assert.DoesNotContain(_world.Guarantees, g => g.Guarantee == FileGuarantee.Watched && g.Why.Contains("seal", StringComparison.Ordinal));
        Assert.Empty(_world.Troubles);
    }

    [Fact]
    public void Without_being_asked_to_it_compares_nothing_that_nobody_opens()
    {
        _world.Model("models/a.gguf", 3);
        _world.Start(o => o with { Seal = ModelSeal.Flag });
        Thread.Sleep(4000);
        Assert.Equal([(_world.At("models/a.gguf"), FileGuarantee.Watched)], _world.Gate!.Files);
    }

    [Fact]
    public void A_changed_byte_is_told_once_before_anyone_loads_it_and_refused_then()
    {
        _world.Model("models/a.gguf", 3);
        _world.Flip("models/a.gguf", 5);
        Start();
        Thread.Sleep(6000);
        Assert.Equal("blocks 4 failed 1 first 0 errno 5", _world.Load("read", "models/a.gguf"));
        Assert.Equal(["denied changed a.gguf blk.0.weight"], _world.Told().Where(t => !t.StartsWith("allowed", StringComparison.Ordinal)));
        var told = Assert.Single(_world.Troubles);
        Assert.Equal("model-gate/changed", told.Identity);
        Assert.Equal($"{_world.At("models/a.gguf")} is not what the lock says, seen before anyone asked for it: the 1048576 bytes from offset 0, of blk.0.weight. What comes after was not looked at", told.Reason);
    }

    [Fact]
    public void A_file_that_is_changed_after_it_was_compared_is_told_and_one_that_is_mended_is_sealed()
    {
        _world.Model("models/a.gguf", 3);
        _world.Start(o => o with { Ahead = true });
        Thread.Sleep(4000);
        _world.Flip("models/a.gguf", (3 << 20) + 7);
        Until(() => Troubles() == 1);
        _world.Flip("models/a.gguf", (3 << 20) + 7);
        Thread.Sleep(4000);
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        Assert.Equal(["allowed known a.gguf"], _world.Told());
        Assert.Contains("from offset 3145728, of blk.1.weight", Assert.Single(_world.Troubles).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_somebody_writes_to_is_left_alone_until_he_is_done()
    {
        _world.Model("models/a.gguf", 3);
        _world.Flip("models/a.gguf", 5);
        using var writer = File.Open(_world.At("models/a.gguf"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Start();
        Thread.Sleep(4000);
        Assert.Equal(0, Troubles());
        Assert.Equal([(_world.At("models/a.gguf"), FileGuarantee.Watched)], _world.Gate!.Files);
        writer.Position = 5;
        int changed = writer.ReadByte();
        writer.Position = 5;
        writer.WriteByte((byte)(changed ^ 1));
        writer.Dispose();
        _world.Await("models/a.gguf", FileGuarantee.Sealed);
        _world.Told();
        Assert.Empty(_world.Troubles);
    }

    [Fact]
    public void A_file_of_another_length_is_left_to_its_open()
    {
        _world.Model("models/a.gguf", 3);
        Start();
        File.AppendAllText(_world.At("models/a.gguf"), "x");
        Thread.Sleep(4000);
        Assert.Equal(0, Troubles());
        Assert.Equal("", _world.Output("cat models/a.gguf 2>/dev/null | head -c 1 || true"));
        Assert.Equal(["denied changed a.gguf"], _world.Told());
    }

    [Fact]
    public void A_file_that_is_put_in_place_is_compared_whether_it_is_renamed_or_written_there()
    {
        _world.Model("models/a.gguf", 3);
        _world.Model("models/b.gguf", 4);
        _world.Act("mv models/*.gguf elsewhere/");
        Start();
        Assert.Empty(_world.Gate!.Files);
        _world.Act("mv elsewhere/a.gguf models/; cp elsewhere/b.gguf models/");
        _world.Await("models/a.gguf", FileGuarantee.Sealed);
        _world.Await("models/b.gguf", FileGuarantee.Sealed);
        Assert.Equal([], _world.Told());
    }

    [Fact]
    public void What_is_found_by_reading_ahead_of_a_loader_is_told_though_he_never_asks_for_it()
    {
        _world.Model("models/a.gguf", 30);
        _world.Flip("models/a.gguf", (10 << 20) + 5);
        Start();
        Assert.Equal("2000000", _world.Output("head -c 2000000 models/a.gguf | wc -c").Trim());
        Until(() => Troubles() == 1);
        Thread.Sleep(2500);
        Assert.Equal(["allowed known a.gguf"], _world.Told());
        Assert.Contains("from offset 10485760, of blk.3.weight", Assert.Single(_world.Troubles).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_loader_was_refused_is_not_told_again()
    {
        _world.Model("models/a.gguf", 3);
        _world.Flip("models/a.gguf", 5);
        Start();
        Assert.Equal("blocks 4 failed 1 first 0 errno 5", _world.Load("read", "models/a.gguf"));
        Thread.Sleep(4000);
        Assert.Contains("denied changed a.gguf blk.0.weight", _world.Told());
        Assert.Empty(_world.Troubles);
    }

    [Fact]
    public void A_file_elsewhere_with_the_name_and_length_of_a_locked_one_is_left_to_its_open()
    {
        _world.Model("models/a.gguf", 3);
        _world.Act("mkdir models/tuned; head -c $(stat -c %s models/a.gguf) /dev/urandom > models/tuned/a.gguf");
        Start();
        _world.Await("models/a.gguf", FileGuarantee.Sealed);
        Thread.Sleep(3000);
        Assert.Equal("blocks 4 failed 4 first 0 errno 5", _world.Load("read", "models/tuned/a.gguf"));
        _world.Told();
        Assert.Empty(_world.Troubles);
    }

    [Fact]
    public void A_file_that_comes_under_another_name_is_compared_once_it_has_its_own_and_one_that_was_moved_away_is_not()
    {
        _world.Model("models/a.gguf", 3);
        _world.Act("mkdir models/tuned; mv models/a.gguf models/tuned/");
        Start();
        Thread.Sleep(3000);
        Assert.Equal([(_world.At("models/tuned/a.gguf"), FileGuarantee.Watched)], _world.Gate!.Files);
        _world.Act("mv models/tuned/a.gguf models/");
        Until(() => _world.Gate.Files is [(_, FileGuarantee.Sealed)]);
        _world.Act("chattr -i models/a.gguf; mv models/a.gguf models/old");
        _world.Flip("models/old", 5);
        Thread.Sleep(4000);
        // By chattr, which opens it twice: once or twice, as its process was found or not.
        Assert.Equal(["allowed known a.gguf"], _world.Told().Distinct());
        Assert.Equal(["model-gate/seal"], _world.Troubles.Select(t => t.Identity));
    }

    [Fact]
    public void A_file_that_is_replaced_together_with_its_lock_is_no_alarm_nor_is_one_that_is_locked_first()
    {
        var old = _world.Model("models/a.gguf", 3);
        var kept = _world.Model("models/b.gguf", 4);
        _world.Start(o => o with { Ahead = true });
        Thread.Sleep(4000);
        _world.Act("head -c $(stat -c %s models/a.gguf) /dev/zero > elsewhere/new");
        var (coming, later) = (_world.Of("models/a.gguf", File.ReadAllBytes(_world.At("elsewhere/new"))), _world.Of("models/b.gguf", new byte[kept.Size]));
        Assert.NotEqual(old.Sha256, coming.Sha256);
        _world.Act("mv elsewhere/new models/a.gguf");
        Assert.NotNull(_world.Gate!.Use(new GateBook([coming, later])));
        Thread.Sleep(4000);
        Assert.Equal(0, Troubles());
        Assert.Equal("blocks 4 failed 0 first -1 errno 0", _world.Load("read", "models/a.gguf"));
        Assert.Equal("blocks 5 failed 5 first 0 errno 5", _world.Load("read", "models/b.gguf"));
        _world.Told();
    }

    [Fact]
    public void Loaders_come_first_and_all_is_compared_in_the_end()
    {
        for (int i = 0; i < 4; i++)
            _world.Model($"models/{i}.gguf", 40 + i);
        Start();
        for (int i = 3; i >= 0; i--)
            Assert.Equal($"blocks {41 + i} failed 0 first -1 errno 0", _world.Load("read", $"models/{i}.gguf"));
        for (int i = 0; i < 4; i++)
            _world.Await($"models/{i}.gguf", FileGuarantee.Sealed);
        _world.Told();
        Assert.Empty(_world.Troubles);
    }

    [Fact]
    public void Where_reads_raise_no_events_an_open_after_it_waits_for_nothing()
    {
        _world.Act("mount -t tmpfs tmpfs models");
        try
        {
            _world.Model("models/a.gguf", 3);
            _world.Model("models/b.gguf", 4);
            _world.Flip("models/b.gguf", 5);
            Start();
            Until(() => Troubles() == 1);
            Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
            Assert.Equal(["allowed known a.gguf"], _world.Told());
            Assert.Contains("/b.gguf is not what", Assert.Single(_world.Troubles).Reason, StringComparison.Ordinal);
        }
        finally
        {
            _world.Gate?.Dispose();
            _world.Act("umount -l models");
        }
    }

    public void Dispose() => _world.Dispose();

    private void Start() => _world.Start(o => o with { Ahead = true, Seal = ModelSeal.Flag });

    private int Troubles()
    {
        _world.Hear();
        return _world.Troubles.Count();
    }

    private static void Until(Func<bool> holds)
    {
        var began = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(began.Elapsed < TimeSpan.FromSeconds(20), "it never held");
            Thread.Sleep(50);
        }
    }
}
