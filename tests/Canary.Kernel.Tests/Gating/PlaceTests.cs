using Canary.Models.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

public sealed class PlaceTests : IDisposable
{
    private const string Whole = "blocks 4 failed 0 first -1 errno 0";
    private const string Second = "blocks 4 failed 1 first 1 errno 5";
    private const string Refused = "open errno 1";

    private readonly GateWorld _world = new();

    [Fact]
    public void A_hard_link_from_outside_is_the_same_file()
    {
        _world.Model("models/a.gguf", 3);
        _world.Flip("models/a.gguf", 2 << 20 >> 1);
        _world.Act("ln models/a.gguf elsewhere/link.gguf");
        _world.Start();
        Assert.Equal(Second, _world.Load("read", "elsewhere/link.gguf"));
        Assert.Equal(["allowed known a.gguf", "denied changed a.gguf blk.0.weight"], _world.Told().Order());
    }

    [Fact]
    public void A_bind_mount_of_another_namespace_is_the_same_directory()
    {
        _world.Model("models/a.gguf", 3);
        _world.Flip("models/a.gguf", 1 << 20);
        _world.Act("cp models/a.gguf models/unknown.gguf; mkdir bound");
        _world.Start();
        string seen = _world.Output("""
            unshare -m sh -c 'mount --bind models bound; ./elsewhere/model-reads read bound/a.gguf; ./elsewhere/model-reads read bound/unknown.gguf; true'
            """);
        Assert.Equal($"{Second}\n{Refused}\n", seen);
    }

    [Fact]
    public void What_is_renamed_over_a_model_is_judged_as_that_model()
    {
        _world.Model("models/a.gguf", 3);
        _world.Act("cp models/a.gguf elsewhere/good; cp models/a.gguf elsewhere/bad");
        _world.Flip("elsewhere/bad", 1 << 20);
        _world.Start();
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        _world.Act("mv elsewhere/bad models/a.gguf");
        Assert.Equal(Second, _world.Load("read", "models/a.gguf"));
        _world.Act("mv elsewhere/good models/a.gguf");
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
    }

    [Fact]
    public void A_file_that_comes_later_is_judged_and_a_download_is_not_hindered()
    {
        _world.Model("models/a.gguf", 3, written: false);
        File.WriteAllBytes(_world.At("elsewhere/a"), GateWorld.Bytes(3));
        _world.Start();
        _world.Act("cat elsewhere/a > models/part; dd if=elsewhere/a of=models/odd bs=777 count=100 status=none");
        Assert.Equal(Refused, _world.Load("read", "models/part"));
        _world.Act("mv models/part models/a.gguf");
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        Assert.Equal(["denied unknown part", "allowed known a.gguf"], _world.Told());
    }

    [Fact]
    public void A_directory_that_comes_later_is_guarded_with_all_in_it()
    {
        _world.Model("models/deep/er/a.gguf", 3, written: false);
        _world.Act("mkdir -p elsewhere/deep/er");
        File.WriteAllBytes(_world.At("elsewhere/deep/er/a.gguf"), GateWorld.Bytes(3));
        _world.Flip("elsewhere/deep/er/a.gguf", 1 << 20);
        _world.Act("cp elsewhere/deep/er/a.gguf elsewhere/deep/unknown.gguf");
        _world.Start();
        _world.Act("mv elsewhere/deep models/deep; sleep 0.5");
        Assert.Equal(Second, _world.Load("read", "models/deep/er/a.gguf"));
        Assert.Equal(Refused, _world.Load("read", "models/deep/unknown.gguf"));
    }

    [Fact]
    public void Of_a_file_that_is_named_by_itself_the_neighbours_are_let_alone()
    {
        _world.Model("models/a.gguf", 3);
        _world.Act("cp models/a.gguf models/neighbour; cp models/a.gguf elsewhere/bad");
        _world.Flip("elsewhere/bad", 1 << 20);
        _world.Start(o => o with { Paths = [_world.At("models/a.gguf")] });
        Assert.Equal(Whole, _world.Load("read", "models/neighbour"));
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        _world.Act("mv elsewhere/bad models/a.gguf");
        Assert.Equal(Refused, _world.Load("read", "models/a.gguf"));
    }

    [Fact]
    public void A_filesystem_without_ranges_is_compared_at_the_open()
    {
        using var world = new GateWorld("/dev/shm");
        world.Model("models/a.gguf", 3);
        world.Model("models/b.gguf", 4);
        world.Flip("models/b.gguf", 1 << 20);
        world.Start();
        Assert.Equal(FileGuarantee.CheckedAtOpen, world.Gate!.Files[0].Guarantee);
        Assert.Equal(Whole, world.Load("read", "models/a.gguf"));
        Assert.Equal(Refused, world.Load("read", "models/b.gguf"));
        Assert.Equal(["allowed known a.gguf", "denied changed b.gguf blk.0.weight"], world.Told().Order());
    }

    [Fact]
    public void Who_had_it_open_before_is_named_as_ungated()
    {
        _world.Model("models/a.gguf", 3);
        _world.Model("models/b.gguf", 2);
        _world.Act("""
            exec >/dev/null 2>&1
            sleep 20 < models/a.gguf &
            echo $! > elsewhere/pid
            python3 -c 'import mmap,time; f=open("models/b.gguf","rb"); m=mmap.mmap(f.fileno(),0,access=mmap.ACCESS_READ); f.close(); open("elsewhere/mapped","w"); time.sleep(20)' &
            echo $! >> elsewhere/pid
            while ! [ -e elsewhere/mapped ]; do sleep 0.05; done
            """);
        _world.Start();
        Assert.Equal(["ungated open a.gguf", "ungated open b.gguf"], _world.Told().Order());
        Assert.Equal(File.ReadAllLines(_world.At("elsewhere/pid")).Order(), _world.Loads.Select(l => $"{l.Loader.Pid}").Order());
        _world.Act("kill $(cat elsewhere/pid)");
    }

    [Fact]
    public void What_is_not_there_cannot_be_guarded()
    {
        var options = new Canary.Sensors.Gating.ModelGateOptions { Paths = [_world.At("nowhere")] };
        Assert.Equal($"{_world.At("nowhere")} is not there", Canary.Sensors.Gating.ModelGate.Start(options, new GateBook([]), TimeProvider.System, out var gate));
        Assert.Null(gate);
    }

    public void Dispose() => _world.Dispose();
}
