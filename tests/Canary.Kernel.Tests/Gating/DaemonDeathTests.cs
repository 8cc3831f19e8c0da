using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

/// <summary>The daemon whose monitor is killed, or has no lock yet.</summary>
public sealed class DaemonDeathTests : IDisposable
{
    private const string Whole = "blocks 4 failed 0 first -1 errno 0";
    private const string Refused = "open errno 1";

    private readonly GuardWorld _world = new();

    [Fact]
    public void Under_deny_a_monitor_that_is_killed_comes_back_and_until_then_all_is_refused()
    {
        var (a, b) = (_world.Files.Model("models/a.gguf", 3), _world.Files.Model("models/b.gguf", 3));
        _world.Lock(a, b);
        var daemon = _world.Daemon("on_death: deny");
        _world.KillUnderDeny(daemon, a, b);
        _world.AwaitSaid("was killed by signal 9. Until this one stood, all was refused");
        var lines = _world.EndDaemon(daemon);
        Assert.Contains(lines, l => l.GetProperty("kind").GetString() == "alert" && l.ToString().Contains("was killed by signal 9", StringComparison.Ordinal));
        Assert.False(FileSeal.IsOn(a.Path));
    }

    [Theory]
    [InlineData("allow", "Until this one stood, nothing was compared")]
    [InlineData("deny", "Until this one stood, all was refused")]
    public void A_byte_that_is_changed_while_no_monitor_runs_is_found_by_the_next(string death, string said)
    {
        _world.Lock(_world.Files.Model("models/a.gguf", 3));
        var daemon = _world.Daemon($"on_death: {death}");
        var monitor = _world.Worker(daemon);
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        monitor.Kill();
        _world.AwaitSaid(said);
        _world.Files.Act($"{GuardWorld.Program} model unseal models/a.gguf --state elsewhere; chattr -i models/a.gguf");
        _world.Files.Flip("models/a.gguf", 5);
        Assert.Equal("blocks 4 failed 1 first 0 errno 5", _world.Files.Load("read", "models/a.gguf"));
        _world.EndDaemon(daemon);
    }

    [Theory]
    [InlineData("on_death: end")]
    [InlineData("on_death: deny")]
    public void Without_a_sound_lock_it_watches_and_the_gate_stands_as_soon_as_there_is_one(string death)
    {
        var a = _world.Files.Model("models/a.gguf", 3);
        File.WriteAllText(_world.LockFile, "{ \"version\": ");
        var daemon = _world.Daemon(death);
        _world.AwaitSaid("without a sound lock nothing is guarded");
        _world.Files.Flip("models/a.gguf", 5);
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        _world.Lock(a);
        _world.AwaitSaid("the gate before model files stands now");
        Assert.Equal("blocks 4 failed 1 first 0 errno 5", _world.Files.Load("read", "models/a.gguf"));
        _world.AwaitSaid("\"models_load_denied_changed\"");
        _world.EndDaemon(daemon);
    }

    [Fact]
    public void Under_deny_a_monitor_that_finds_no_sound_lock_comes_back_and_all_stays_refused_until_there_is_one()
    {
        var a = _world.Files.Model("models/a.gguf", 3);
        _world.Lock(a);
        var daemon = _world.Daemon("on_death: deny");
        var monitor = _world.Worker(daemon);
        File.Delete(_world.LockFile);
        monitor.Kill();
        _world.AwaitSaid("without a sound lock nothing is guarded");
        Assert.Equal(Refused, _world.Files.Load("read", "models/a.gguf"));
        _world.Lock(a);
        _world.AwaitSaid("the gate stands again");
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        _world.EndDaemon(daemon);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public void Under_deny_a_monitor_that_finds_nothing_to_guard_comes_back_and_all_stays_refused_until_there_is(string signal)
    {
        var a = _world.Files.Model("models/a.gguf", 3);
        _world.Lock(a);
        var daemon = _world.Daemon("on_death: deny");
        var monitor = _world.Worker(daemon);
        _world.Files.Act($"mv models elsewhere/models; kill -{signal} {monitor.Id}");
        _world.AwaitSaid("is not there, so that nothing is guarded");
        Assert.Equal(Refused, _world.Files.Load("read", "elsewhere/models/a.gguf"));
        _world.Files.Act("mv elsewhere/models models");
        _world.AwaitSaid("the gate stands again");
        Assert.Equal(Whole, _world.Files.Load("read", "models/a.gguf"));
        _world.EndDaemon(daemon);
    }

    [Fact]
    public void When_the_process_is_killed_that_starts_the_monitor_again_the_gate_stands_and_says_so()
    {
        _world.Lock(_world.Files.Model("models/a.gguf", 3));
        _world.Files.Flip("models/a.gguf", 5);
        var daemon = _world.Daemon("on_death: deny");
        var monitor = _world.Worker(daemon);
        daemon.Kill();
        _world.AwaitSaid("the process that would start this gate again is gone");
        Assert.Equal("blocks 4 failed 1 first 0 errno 5", _world.Files.Load("read", "models/a.gguf"));
        _world.Files.Act($"kill -TERM {monitor.Id}");
        Assert.True(monitor.WaitForExit(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void The_service_manager_hears_of_the_process_that_it_started()
    {
        _world.Lock(_world.Files.Model("models/a.gguf", 3));
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(_world.At("notify")));
        using var heard = new BlockingCollection<string>();
        _ = Task.Run(() => Hear(manager, heard));
        var daemon = _world.Daemon("on_death: deny", $"NOTIFY_SOCKET={_world.At("notify")} WATCHDOG_USEC=400000");
        Await(heard, "READY=1");
        Await(heard, "WATCHDOG=1");
        var monitor = _world.Worker(daemon);
        while (heard.TryTake(out _))
        {
        }

        monitor.Kill();
        // Refusing is work, too: a manager that took it for a hang would end what refuses.
        Await(heard, "WATCHDOG=1");
        _world.AwaitSaid("the gate stands again");
        _world.Files.Act($"kill -HUP {daemon.Id}");
        _world.AwaitSaid("rules are in force");
        _world.EndDaemon(daemon);
        Assert.DoesNotContain("READY=1", Await(heard, "STOPPING=1"));
    }

    public void Dispose() => _world.Dispose();

    private static void Hear(Socket manager, BlockingCollection<string> heard)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                foreach (string word in Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    heard.Add(word);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // the end of the test
        }
    }

    private static List<string> Await(BlockingCollection<string> heard, string word)
    {
        var before = new List<string>();
        while (true)
        {
            Assert.True(heard.TryTake(out string? said, TimeSpan.FromSeconds(20)), $"the service manager did not hear {word}");
            if (said == word)
                return before;
            before.Add(said);
        }
    }
}
