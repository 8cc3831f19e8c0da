using Canary.Models.Gating;
using Canary.Models.Hashing;
using Canary.Models.Locking;
using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

/// <summary>The lock is replaced while the guard stands.</summary>
public sealed class LockTests : IDisposable
{
    private const string Whole = "blocks 4 failed 0 first -1 errno 0";
    private const string Nothing = "blocks 4 failed 4 first 0 errno 5";
    private const string Refused = "open errno 1";
    private const string InForce = "was replaced, and is in force: 1 files as before, 1 with other bytes, 1 that are new, 0 that no lock names";

    private readonly GuardWorld _world = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_the_new_lock_says_otherwise_is_unsealed_and_compared_anew(bool atOnce)
    {
        var (a, b, c) = (_world.Files.Model("models/a.gguf", 3), _world.Files.Model("models/b.gguf", 3), _world.Files.Model("models/c.gguf", 1));
        _world.Lock(a, b);
        var guard = _world.Guard();
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        Assert.Equal(Whole, _world.Files.Load("read", "models/b.gguf"));
        Assert.Equal(Refused, _world.Files.Load("read", "models/c.gguf"));
        GuardWorld.Wait(() => FileSeal.IsOn(a.Path) && FileSeal.IsOn(b.Path));
        byte[] next = GateWorld.Bytes(3);
        Array.Reverse(next);
        var made = _world.Made(Of(a, next), b, c);
        if (atOnce)
            LockStore.Write(_world.LockFile, made);
        else
            File.WriteAllBytes(_world.LockFile, made.Bytes());
        _world.AwaitSaid(InForce);
        Assert.False(FileSeal.IsOn(a.Path));
        Assert.True(FileSeal.IsOn(b.Path));
        Assert.Equal(Nothing, _world.Files.Load("read", "models/a.gguf"));
        Assert.Equal("blocks 2 failed 0 first -1 errno 0", _world.Files.Load("read", "models/c.gguf"));
        File.WriteAllBytes(a.Path, next);
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        GuardWorld.Wait(() => FileSeal.IsOn(a.Path));
        _world.End(guard);
        Assert.False(FileSeal.IsOn(a.Path));
        Assert.False(FileSeal.IsOn(b.Path));
    }

    [Theory]
    [InlineData("echo '{' > models.lock")]
    [InlineData(": > models.lock")]
    [InlineData("truncate -s -40 models.lock")]
    [InlineData("rm models.lock")]
    [InlineData("rm models.lock; mkfifo models.lock")]
    public void A_lock_that_is_none_leaves_the_old_one_in_force_and_is_said_once(string harm)
    {
        var (a, b) = (_world.Files.Model("models/a.gguf", 3), _world.Files.Model("models/b.gguf", 3));
        _world.Lock(a);
        var guard = _world.Guard();
        _world.Files.Act(harm);
        _world.AwaitSaid("cannot be used");
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        Assert.Equal(Refused, _world.Files.Load("read", "models/b.gguf"));
        Thread.Sleep(2500);
        _world.Lock(a, b);
        _world.AwaitSaid("1 that are new");
        Assert.Equal(Whole, _world.Files.Load("read", "models/b.gguf"));
        var alert = Assert.Single(_world.End(guard), l => l.GetProperty("kind").GetString() == "alert" && l.ToString().Contains("cannot be used", StringComparison.Ordinal));
        Assert.Contains("canary model lock", alert.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_the_new_lock_does_not_name_is_not_opened_and_can_be_changed()
    {
        var (a, b) = (_world.Files.Model("models/a.gguf", 3), _world.Files.Model("models/b.gguf", 3));
        _world.Lock(a, b);
        var guard = _world.Guard();
        Assert.Equal(Whole, _world.Files.Load("read", "models/b.gguf"));
        GuardWorld.Wait(() => FileSeal.IsOn(b.Path));
        _world.Lock(a);
        _world.AwaitSaid("1 that no lock names any more");
        Assert.False(FileSeal.IsOn(b.Path));
        Assert.Equal(Refused, _world.Files.Load("read", "models/b.gguf"));
        _world.End(guard);
    }

    [Fact]
    public void Who_has_a_file_open_reads_by_the_new_lock()
    {
        var a = _world.Files.Model("models/a.gguf", 3);
        _world.Files.Start(o => o with { Seal = ModelSeal.Flag });
        _world.Files.Act("""
            cat > elsewhere/two.py <<'P'
            import os, time
            f = os.open('models/a.gguf', os.O_RDONLY)
            os.pread(f, 4 << 20, 0)
            open('elsewhere/read', 'w')
            while not os.path.exists('elsewhere/go'):
                time.sleep(0.05)
            try:
                os.pread(f, 4096, 0)
                print('read')
            except OSError as e:
                print('errno', e.errno)
            P
            python3 elsewhere/two.py > elsewhere/said 2>&1 &
            while ! [ -e elsewhere/read ]; do sleep 0.05; done
            """);
        _world.Files.Await("models/a.gguf", FileGuarantee.Sealed);
        byte[] next = GateWorld.Bytes(3);
        Array.Reverse(next);
        Assert.Equal(new BookChange(0, 1, 0, 0), _world.Files.Gate!.Use(new GateBook([Of(a, next)])));
        _world.Files.Act("touch elsewhere/go; while ! [ -s elsewhere/said ]; do sleep 0.05; done");
        Assert.Equal("errno 5\n", File.ReadAllText(_world.At("elsewhere/said")));
    }

    [Fact]
    public void A_mapping_that_waits_is_judged_by_the_new_lock()
    {
        var large = _world.Sparse("models/large.gguf", 3072);
        Assert.Null(ModelGate.Start(new ModelGateOptions { Paths = [_world.At("models")], Seal = ModelSeal.None }, new GateBook([large]), TimeProvider.System, out var gate));
        using (gate)
        {
            var loader = _world.Begin("mmap", "models/large.gguf");
            Thread.Sleep(150);
            Assert.False(loader.HasExited, "it was too quick for this test");
            byte[] others = large.Chunks.Digests.ToArray();
            others[^1] ^= 1;
            gate!.Use(new GateBook([large with { Sha256 = new string('1', 64), Chunks = new ChunkTable(large.Size, others) }]));
            Assert.Equal("blocks 1 failed 1 first 0 errno 5", GuardWorld.Printed(loader));
        }
    }

    public void Dispose() => _world.Dispose();

    /// <summary>What a lock would say of other bytes in the place of a file.</summary>
    internal static GatedFile Of(GatedFile like, byte[] bytes)
    {
        byte[] digests = new byte[ChunkTable.CountOf(bytes.Length) * 32];
        for (int i = 0; i < digests.Length / 32; i++)
        {
            (long offset, int length) = ChunkTable.Place(bytes.Length, i);
            ChunkTable.Digest(bytes.Length, i, bytes.AsSpan((int)offset, length), digests.AsSpan(i * 32, 32));
        }

        return like with { Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), Chunks = new ChunkTable(bytes.Length, digests) };
    }
}
