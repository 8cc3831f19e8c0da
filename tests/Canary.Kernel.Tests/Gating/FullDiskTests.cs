using Canary.Models.Gating;
using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

/// <summary>Nothing can be written down.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Whole = "blocks 4 failed 0 first -1 errno 0";

    private readonly GuardWorld _world = new();

    public FullDiskTests() => _world.Files.Act("mkdir small; mount -t tmpfs -o size=256k tmpfs small; mkdir small/state; chmod 700 small/state");

    [Fact]
    public void Without_a_record_a_file_is_not_sealed_and_all_else_goes_on()
    {
        _world.Files.Model("models/a.gguf", 3);
        _world.Files.Model("models/b.gguf", 3);
        _world.Files.Flip("models/b.gguf", 5);
        _world.Files.Start(o => o with { Seal = ModelSeal.Flag, SealRecord = _world.At("small/seals") });
        _world.Files.Act("dd if=/dev/zero of=small/full bs=4k 2>/dev/null || true");
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        Assert.Equal("blocks 4 failed 1 first 0 errno 5", _world.Files.Load("read", "models/b.gguf"));
        Thread.Sleep(700);
        Assert.Equal([(_world.At("models/a.gguf"), FileGuarantee.Watched), (_world.At("models/b.gguf"), FileGuarantee.Watched)], _world.Files.Gate!.Files);
        Assert.False(FileSeal.IsOn(_world.At("models/a.gguf")));
        Assert.False(File.Exists(_world.At("small/seals.new")));
        _world.Files.Told();
        var said = Assert.Single(_world.Files.Guarantees, g => g.Why.Contains("cannot be written", StringComparison.Ordinal));
        Assert.Contains("No space left", said.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guard_whose_state_does_not_fit_on_the_disk_still_judges_and_ends_in_order()
    {
        var (a, b) = (_world.Files.Model("models/a.gguf", 3), _world.Files.Model("models/b.gguf", 3));
        _world.Lock(a, b);
        _world.Files.Flip("models/b.gguf", 5);
        var guard = _world.Guard(state: "small/state");
        _world.Files.Act("dd if=/dev/zero of=small/full bs=1k 2>/dev/null || true");
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        Assert.Equal("blocks 4 failed 1 first 0 errno 5", _world.Files.Load("read", "models/b.gguf"));
        _world.AwaitSaid("cannot be written");
        Assert.False(FileSeal.IsOn(a.Path));
        Assert.Contains(_world.End(guard), l => l.GetProperty("kind").GetString() == "model_load" && l.ToString().Contains("denied", StringComparison.Ordinal));
    }

    [Fact]
    public void A_lock_that_does_not_fit_leaves_the_old_one_whole()
    {
        _world.Files.Model("models/a.gguf", 3);
        _world.Files.Act($"{GuardWorld.Program} model lock models -o small/models.lock --state small/state --allow-denied >/dev/null || true");
        byte[] before = File.ReadAllBytes(_world.At("small/models.lock"));
        _world.Files.Act("for i in $(seq 60); do head -c 1000 /dev/urandom > models/f$i.bin; done; dd if=/dev/zero of=small/full bs=1k 2>/dev/null || true");
        string said = _world.Files.Output($"{GuardWorld.Program} model lock models -o small/models.lock --state small/state --allow-denied 2>&1 || echo code $?");
        Assert.Contains("No space left", said, StringComparison.Ordinal);
        Assert.EndsWith("code 5\n", said, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_world.At("small/models.lock")));
        Assert.Equal(["full", "models.lock", "state"], Directory.EnumerateFileSystemEntries(_world.At("small")).Select(Path.GetFileName).Order());
    }

    public void Dispose()
    {
        _world.Files.Gate?.Dispose();
        _world.Files.Act("umount -l small");
        _world.Dispose();
    }
}
