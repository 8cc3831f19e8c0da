using Canary.Models.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

public sealed class ReadTests : IDisposable
{
    private const int Mebibytes = 64;
    private const string AllRead = "blocks 65 failed 0 first -1 errno 0";
    private const string OneFailed = "blocks 65 failed 1 first 17 errno 5";
    private const long Within17 = (17L << 20) + 12_345;

    private readonly GateWorld _world = new();

    [Theory]
    [InlineData("read")]
    [InlineData("direct")]
    [InlineData("uring")]
    [InlineData("uring-direct")]
    [InlineData("sendfile")]
    public void A_file_as_locked_is_read_in_every_way(string how)
    {
        _world.Model("models/a.gguf", Mebibytes);
        _world.Start();
        Assert.Equal(AllRead, _world.Load(how, "models/a.gguf"));
        Assert.Equal(AllRead, _world.Load(how, "models/a.gguf"));
        Assert.Equal(["allowed known a.gguf", "allowed known a.gguf"], _world.Told());
    }

    [Theory]
    [InlineData("read")]
    [InlineData("direct")]
    [InlineData("uring")]
    [InlineData("uring-direct")]
    [InlineData("sendfile")]
    public void One_flipped_bit_fails_exactly_the_read_that_would_have_returned_it(string how)
    {
        _world.Model("models/a.gguf", Mebibytes);
        _world.Flip("models/a.gguf", Within17);
        _world.Start();
        Assert.Equal(OneFailed, _world.Load(how, "models/a.gguf"));
        var told = _world.Told();
        // One report names the tensor, one the load.
        Assert.Equal(["allowed known a.gguf", "denied changed a.gguf blk.5.weight"], told.Order());
        Assert.All(_world.Loads, l => Assert.EndsWith("/model-reads", l.Loader.Image, StringComparison.Ordinal));
        Assert.All(_world.Loads, l => Assert.EndsWith($"{how} models/a.gguf", l.Loader.CommandLine, StringComparison.Ordinal));
    }

    [Fact]
    public void A_mapping_waits_for_its_whole_range()
    {
        _world.Model("models/a.gguf", Mebibytes);
        _world.Model("models/b.gguf", 32);
        _world.Flip("models/b.gguf", Within17);
        _world.Start();
        Assert.Equal("blocks 1 failed 0 first -1 errno 0", _world.Load("mmap", "models/a.gguf"));
        Assert.Equal("blocks 1 failed 1 first 0 errno 5", _world.Load("mmap", "models/b.gguf"));
        Assert.Equal(["allowed known a.gguf", "allowed known b.gguf", "denied changed b.gguf blk.5.weight"], _world.Told().Order());
    }

    [Fact]
    public void A_file_that_no_lock_names_is_not_opened()
    {
        _world.Model("models/a.gguf", 1);
        _world.Act("cp models/a.gguf models/b.gguf; mkdir models/deep; cp models/a.gguf models/deep/c.gguf; cp models/a.gguf elsewhere/d.gguf");
        _world.Start();
        Assert.Equal("open errno 1", _world.Load("open", "models/b.gguf"));
        Assert.Equal("open errno 1", _world.Load("uring", "models/deep/c.gguf"));
        Assert.Equal("blocks 2 failed 0 first -1 errno 0", _world.Load("read", "elsewhere/d.gguf"));
        Assert.Equal(["denied unknown b.gguf", "denied unknown c.gguf"], _world.Told());
    }

    [Fact]
    public void A_file_of_another_length_is_not_opened()
    {
        _world.Model("models/a.gguf", 1);
        _world.Act("echo >> models/a.gguf");
        _world.Start();
        Assert.Equal("open errno 1", _world.Load("open", "models/a.gguf"));
        Assert.Equal(["denied changed a.gguf"], _world.Told());
    }

    [Theory]
    [InlineData(GatePolicy.Observe, "blocks 4 failed 0 first -1 errno 0", "blocks 2 failed 0 first -1 errno 0")]
    [InlineData(GatePolicy.DenyChanged, "blocks 4 failed 1 first 1 errno 5", "blocks 2 failed 0 first -1 errno 0")]
    [InlineData(GatePolicy.DenyUnknown, "blocks 4 failed 1 first 1 errno 5", "open errno 1")]
    public void A_policy_refuses_what_it_says_and_all_is_told(GatePolicy policy, string changed, string unknown)
    {
        _world.Model("models/a.gguf", 3);
        _world.Flip("models/a.gguf", 1 << 20);
        File.WriteAllBytes(_world.At("models/b.gguf"), GateWorld.Bytes(1));
        _world.Start(o => o with { Policies = new PolicyBook(policy, []) });
        Assert.Equal(changed, _world.Load("read", "models/a.gguf"));
        Assert.Equal(unknown, _world.Load("read", "models/b.gguf"));
        Assert.Equal(["changed", "known", "unknown"], _world.Told().Select(t => t.Split(' ')[1]).Order());
    }

    public void Dispose() => _world.Dispose();
}
