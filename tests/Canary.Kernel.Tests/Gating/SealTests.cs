using Canary.Models.Gating;
using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

public sealed class SealTests : IDisposable
{
    private const string Whole = "blocks 4 failed 0 first -1 errno 0";
    private const string First = "blocks 4 failed 1 first 0 errno 5";

    private readonly GateWorld _world = new();

    [Fact]
    public void A_file_that_was_read_whole_cannot_be_changed_until_the_gate_ends()
    {
        Sealed();
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        string tried = _world.Output("""
            exec 2>&1
            (echo x >> models/a.gguf) || echo 'no append'
            rm -f models/a.gguf || echo 'no removal'
            mv elsewhere/model-reads models/a.gguf || echo 'no replacement'
            """);
        Assert.Contains("no append", tried, StringComparison.Ordinal);
        Assert.Contains("no removal", tried, StringComparison.Ordinal);
        Assert.Contains("no replacement", tried, StringComparison.Ordinal);
        Assert.Single(SealRecord.Load(_world.At("elsewhere/seals")).All);
        _world.Told();
        _world.Act("echo x >> models/a.gguf");
        Assert.Empty(SealRecord.Load(_world.At("elsewhere/seals")).All);
    }

    [Fact]
    public void A_store_through_a_shared_mapping_after_the_comparison_is_seen_by_the_next_read()
    {
        _world.Model("models/a.gguf", 3);
        _world.Start(o => o with { Seal = ModelSeal.Flag });
        // The descriptor is closed and the mapping stays: it holds the file open for writing, so that no lease is had and nothing is sealed.
        string died = _world.Output("""
            cat > elsewhere/store.py <<'P'
            import mmap, os, sys, time
            f = open('models/a.gguf', 'r+b')
            m = mmap.mmap(f.fileno(), 0)
            f.close()
            os.system('./elsewhere/model-reads read models/a.gguf; sleep 0.5; lsattr models/a.gguf | cut -c5')
            m[5] = m[5] ^ 1
            print('stored', flush=True)
            P
            python3 elsewhere/store.py
            ./elsewhere/model-reads read models/a.gguf || true
            """);
        Assert.Equal($"{Whole}\n-\nstored\n{First}\n", died);
    }

    [Fact]
    public void A_seal_that_root_breaks_ends_what_was_known()
    {
        Sealed();
        _world.Act("chattr -i models/a.gguf");
        _world.Await("models/a.gguf", FileGuarantee.Watched);
        _world.Flip("models/a.gguf", 5);
        Assert.Equal(First, _world.Load("read", "models/a.gguf"));
        _world.Told();
        Assert.Contains(_world.Troubles, t => t.Identity == "model-gate/seal");
    }

    [Fact]
    public void Who_opens_a_sealed_file_is_still_told()
    {
        Sealed();
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        Assert.Equal(Whole, _world.Load("mmap", "models/a.gguf").Replace("blocks 1", "blocks 4", StringComparison.Ordinal));
        Thread.Sleep(700);
        Assert.Equal(["allowed known a.gguf", "allowed known a.gguf", "allowed known a.gguf"], _world.Told());
    }

    [Fact]
    public void The_seals_of_a_gate_that_was_killed_are_taken_over()
    {
        _world.Model("models/a.gguf", 3);
        var about = FileSeal.Identity(_world.At("models/a.gguf"));
        _world.Act("chattr +i models/a.gguf");
        File.WriteAllText(_world.At("elsewhere/seals"), $"{about.Device} {about.Inode} {_world.At("models/a.gguf")}\n{about.Device} 1 /lost\n");
        _world.Start();
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        _world.Told();
        Assert.Equal("-", _world.Output("lsattr models/a.gguf | cut -c5").Trim());
        Assert.Contains("/lost", Assert.Single(_world.Troubles).Get(Canary.Findings.Field.Named("Reason")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_that_was_there_before_stays()
    {
        _world.Model("models/a.gguf", 3);
        _world.Act("chattr +i models/a.gguf");
        _world.Start(o => o with { Seal = ModelSeal.Flag });
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        _world.Await("models/a.gguf", FileGuarantee.Sealed);
        _world.Told();
        Assert.Equal("i", _world.Output("lsattr models/a.gguf | cut -c5").Trim());
    }

    /// <summary>What a kernel with fs-verity does is tests/ops/debian-kernel.sh.</summary>
    [Fact]
    public void Where_there_is_no_fs_verity_it_is_the_flag_and_the_reason_is_told()
    {
        _world.Model("models/a.gguf", 3);
        _world.Start(o => o with { Seal = ModelSeal.Verity });
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        _world.Await("models/a.gguf", FileGuarantee.Sealed);
        bool verity = FileSeal.IsForGood(_world.At("models/a.gguf"));
        Assert.Equal(!verity, FileSeal.IsOn(_world.At("models/a.gguf")));
        _world.Told();
        string why = _world.Guarantees.Last(g => g.Guarantee == FileGuarantee.Sealed).Why;
        Assert.Contains(verity ? "fs-verity holds them so" : "by the immutable flag, since there is no fs-verity for it; ", why, StringComparison.Ordinal);
        Assert.False(FileSeal.IsOn(_world.At("models/a.gguf")));
    }

    public void Dispose() => _world.Dispose();

    private void Sealed()
    {
        _world.Model("models/a.gguf", 3);
        _world.Start(o => o with { Seal = ModelSeal.Flag });
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        _world.Await("models/a.gguf", FileGuarantee.Sealed);
    }
}
