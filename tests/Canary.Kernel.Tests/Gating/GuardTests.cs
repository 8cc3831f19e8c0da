using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

/// <summary>The command itself, as a process of its own: what it says, and what becomes of openers when it dies.</summary>
public sealed class GuardTests : IDisposable
{
    private const string Whole = "blocks 4 failed 0 first -1 errno 0";

    private readonly GuardWorld _world = new();

    [Fact]
    public void One_flipped_bit_is_one_critical_alert_that_names_process_file_and_tensor()
    {
        _world.Lock(_world.Files.Model("models/a.gguf", 3));
        _world.Files.Flip("models/a.gguf", 1 << 20);
        var guard = _world.Guard("--policy deny-unknown");
        Assert.Equal("blocks 4 failed 1 first 1 errno 5", _world.Files.Load("read", "models/a.gguf"));
        Assert.Equal("blocks 1 failed 1 first 0 errno 5", _world.Files.Load("mmap", "models/a.gguf"));
        var lines = _world.End(guard);
        Assert.Equal("ready", lines[0].GetProperty("kind").GetString());
        var alert = Assert.Single(lines, l => l.GetProperty("kind").GetString() == "alert");
        Assert.Equal("critical", alert.GetProperty("rule").GetProperty("level").GetString());
        Assert.Equal(_world.At("models/a.gguf"), alert.GetProperty("subject").GetProperty("identity").GetString());
        Assert.Equal("blk.0.weight", alert.GetProperty("subject").GetProperty("fields").GetProperty("Tensors").GetString());
        Assert.EndsWith("/model-reads", alert.GetProperty("process").GetProperty("image").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, lines[^1].GetProperty("denied").GetInt32());
    }

    [Fact]
    public void An_opener_that_waits_goes_on_when_the_guard_is_killed()
    {
        // Stopped, the guard answers nothing: the opener waits in the kernel.
        _world.Lock(_world.Files.Model("models/a.gguf", 3));
        var guard = _world.Guard();
        _world.Stop(guard);
        var opener = _world.Begin("read", "models/a.gguf");
        Assert.False(opener.WaitForExit(TimeSpan.FromSeconds(1)));
        guard.Kill();
        Assert.Equal(Whole, GuardWorld.Printed(opener));
    }

    [Fact]
    public void A_guard_that_was_killed_leaves_its_seals_and_unseal_takes_them_off()
    {
        _world.Lock(_world.Files.Model("models/a.gguf", 3));
        var guard = _world.Guard();
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        GuardWorld.Wait(() => FileSeal.IsOn(_world.At("models/a.gguf")));
        guard.Kill();
        guard.WaitForExit();
        Assert.True(FileSeal.IsOn(_world.At("models/a.gguf")));
        Assert.Equal($"{_world.At("models/a.gguf")} can be changed again\n", _world.Files.Output($"{GuardWorld.Program} model unseal models --state state"));
        Assert.False(FileSeal.IsOn(_world.At("models/a.gguf")));
    }

    [Fact]
    public void What_was_changed_is_an_alert_before_anyone_loads_it_and_what_was_not_is_sealed()
    {
        _world.Lock(_world.Files.Model("models/a.gguf", 3), _world.Files.Model("models/b.gguf", 4));
        _world.Files.Flip("models/a.gguf", (3 << 20) + 5);
        var guard = _world.Guard("--ahead");
        GuardWorld.Wait(() => FileSeal.IsOn(_world.At("models/b.gguf")));
        var lines = _world.End(guard);
        var alert = Assert.Single(lines, l => l.GetProperty("kind").GetString() == "alert");
        Assert.Equal("high", alert.GetProperty("rule").GetProperty("level").GetString());
        string reason = alert.GetProperty("subject").GetProperty("fields").GetProperty("Reason").GetString()!;
        Assert.StartsWith($"{_world.At("models/a.gguf")} is not what the lock says", reason, StringComparison.Ordinal);
        Assert.Contains("from offset 3145728, of blk.1.weight", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_lock_nothing_is_guarded()
    {
        Assert.Equal("4", _world.Files.Output($"{GuardWorld.Program} model guard models --lock nowhere.lock --state state 2>/dev/null || echo $?").Trim());
        File.WriteAllText(_world.LockFile, "{");
        Assert.Equal("4", _world.Files.Output($"{GuardWorld.Program} model guard models --lock models.lock --state state 2>/dev/null || echo $?").Trim());
    }

    [Theory]
    [InlineData("--policy never", "--policy 'never'")]
    [InlineData("--policy '*.bin=never'", "--policy '*.bin=never'")]
    [InlineData("--on-death maybe", "--on-death 'maybe'")]
    [InlineData("--seal wax", "--seal 'wax'")]
    [InlineData("--deadline soon", "--deadline 'soon'")]
    public void A_word_that_is_none_is_refused(string options, string named)
    {
        _world.Lock(_world.Files.Model("models/a.gguf", 1));
        string said = _world.Files.Output($"{GuardWorld.Program} model guard models --lock models.lock --state state {options} 2>&1 || echo $?");
        Assert.Contains(named, said, StringComparison.Ordinal);
        Assert.EndsWith("2\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_for_some_paths_holds_for_those()
    {
        var strict = _world.Files.Model("models/a.gguf", 3);
        _world.Files.Act("mkdir models/trial; cp models/a.gguf models/trial/b.gguf; cp models/a.gguf models/unknown.gguf");
        _world.Lock(strict);
        var guard = _world.Guard("--policy '**/trial/**=observe'");
        Assert.Equal(Whole, _world.Files.Load("read", "models/trial/b.gguf"));
        Assert.Equal("open errno 1", _world.Files.Load("read", "models/unknown.gguf"));
        var lines = _world.End(guard);
        Assert.Equal(["allowed unknown b.gguf", "denied unknown unknown.gguf"], lines.Where(l => l.GetProperty("kind").GetString() == "model_load")
            .Select(l => l.ToString()).Select(l => l.Contains("trial", StringComparison.Ordinal) ? "allowed unknown b.gguf" : "denied unknown unknown.gguf").Order());
    }

    public void Dispose() => _world.Dispose();
}
