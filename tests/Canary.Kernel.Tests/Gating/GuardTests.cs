using System.Diagnostics;
using System.Text.Json;
using Canary.Models.Gating;
using Canary.Models.Locking;
using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

/// <summary>The command itself, as a process of its own: what it says, and what becomes of openers when it dies.</summary>
public sealed class GuardTests : IDisposable
{
    private const string Whole = "blocks 4 failed 0 first -1 errno 0";

    private readonly GateWorld _world = new();
    private readonly List<Process> _guards = [];

    [Fact]
    public void One_flipped_bit_is_one_critical_alert_that_names_process_file_and_tensor()
    {
        Lock(_world.Model("models/a.gguf", 3));
        _world.Flip("models/a.gguf", 1 << 20);
        var guard = Guard("--policy deny-unknown");
        Assert.Equal("blocks 4 failed 1 first 1 errno 5", _world.Load("read", "models/a.gguf"));
        Assert.Equal("blocks 1 failed 1 first 0 errno 5", _world.Load("mmap", "models/a.gguf"));
        var lines = End(guard, 0);
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
        Lock(_world.Model("models/a.gguf", 3));
        var guard = Guard("");
        _world.Act($"kill -STOP {guard.Id}");
        using var opener = Process.Start(new ProcessStartInfo(_world.At("elsewhere/model-reads"), ["read", "models/a.gguf"]) { WorkingDirectory = _world.Root, RedirectStandardOutput = true })!;
        Assert.False(opener.WaitForExit(TimeSpan.FromSeconds(1)));
        guard.Kill();
        Assert.True(opener.WaitForExit(TimeSpan.FromSeconds(20)), "the opener hangs");
        Assert.Equal(Whole, opener.StandardOutput.ReadToEnd().Trim());
    }

    [Fact]
    public void A_guard_that_was_killed_leaves_its_seals_and_unseal_takes_them_off()
    {
        Lock(_world.Model("models/a.gguf", 3));
        var guard = Guard("");
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        Wait(() => FileSeal.IsOn(_world.At("models/a.gguf")));
        guard.Kill();
        guard.WaitForExit();
        Assert.True(FileSeal.IsOn(_world.At("models/a.gguf")));
        Assert.Equal($"{_world.At("models/a.gguf")} can be changed again\n", _world.Output($"{Program} model unseal models --state state"));
        Assert.False(FileSeal.IsOn(_world.At("models/a.gguf")));
    }

    [Fact]
    public void Without_a_lock_nothing_is_guarded()
    {
        Assert.Equal("4", _world.Output($"{Program} model guard models --lock nowhere.lock --state state 2>/dev/null || echo $?").Trim());
        File.WriteAllText(_world.At("models.lock"), "{");
        Assert.Equal("4", _world.Output($"{Program} model guard models --lock models.lock --state state 2>/dev/null || echo $?").Trim());
    }

    public void Dispose()
    {
        foreach (var guard in _guards)
        {
            if (!guard.HasExited)
                guard.Kill();
            guard.Dispose();
        }

        _world.Dispose();
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "canary");

    private void Lock(GatedFile file)
    {
        var locked = new LockedFile(Path.GetRelativePath(_world.Root, file.Path), file.Size, file.Sha256, file.Chunks)
        {
            Format = file.Format,
            Tensors = [.. file.Tensors.Select(t => new LockedTensor(t.Name, t.Type, t.Offset, Math.Min(t.Length, file.Size - t.Offset), file.Sha256))],
        };
        LockStore.Write(_world.At("models.lock"), new ModelLock(TimeProvider.System.GetUtcNow(), ".", [locked]));
    }

    private Process Guard(string options)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec timeout -s KILL 120 {Program} model guard models --lock models.lock --state state --json {options} > guard.out 2> guard.err"])
        {
            WorkingDirectory = _world.Root,
        };
        var timeout = Process.Start(start)!;
        _guards.Add(timeout);
        Wait(() => timeout.HasExited || (File.Exists(_world.At("guard.out")) && File.ReadAllText(_world.At("guard.out")).Contains('\n', StringComparison.Ordinal)));
        Assert.False(timeout.HasExited, File.Exists(_world.At("guard.err")) ? File.ReadAllText(_world.At("guard.err")) : "");
        var guard = Process.GetProcessById(int.Parse(_world.Output($"pgrep -P {timeout.Id}").Trim(), System.Globalization.CultureInfo.InvariantCulture));
        _guards.Add(guard);
        return guard;
    }

    private List<JsonElement> End(Process guard, int code)
    {
        _world.Act($"kill -INT {guard.Id}");
        var timeout = _guards[0];
        Assert.True(timeout.WaitForExit(TimeSpan.FromSeconds(30)), "the guard did not end");
        Assert.Equal(code, timeout.ExitCode);
        return [.. File.ReadLines(_world.At("guard.out")).Select(l => JsonDocument.Parse(l).RootElement)];
    }

    private static void Wait(Func<bool> condition)
    {
        var began = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(began.Elapsed < TimeSpan.FromSeconds(30), "nothing came of it");
            Thread.Sleep(50);
        }
    }
}
