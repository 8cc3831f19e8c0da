using Canary.Models.Gating;
using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

/// <summary>Ways around the gate that somebody might try.</summary>
public sealed class HoleTests : IDisposable
{
    private const string Whole = "blocks 4 failed 0 first -1 errno 0";
    private const string Second = "blocks 4 failed 1 first 1 errno 5";
    private const string Refused = "open errno 1";

    private readonly GateWorld _world = new();

    [Fact]
    public void Two_models_that_change_places_are_both_refused_until_they_are_back()
    {
        _world.Model("models/a.gguf", 3);
        _world.Model("models/b.gguf", 2);
        _world.Start();
        _world.Act("mv models/a.gguf models/t; mv models/b.gguf models/a.gguf; mv models/t models/b.gguf");
        Assert.Equal(Refused, _world.Load("read", "models/a.gguf"));
        Assert.Equal(Refused, _world.Load("mmap", "models/b.gguf"));
        _world.Act("mv models/a.gguf models/t; mv models/b.gguf models/a.gguf; mv models/t models/b.gguf");
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        Assert.Contains(_world.Told(), t => t == "denied changed b.gguf");
        Assert.Contains(_world.Loads, l => l.Detail.Contains("its bytes are those that the lock has as", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_was_first_met_by_a_name_and_a_size_is_held_against_what_its_own_path_says()
    {
        // Two files of the same name and size. The right one comes late, and is opened first where only its name is known.
        var first = _world.Model("models/one/config.json", 3);
        _world.Act("mkdir -p models/one models/two bound");
        File.WriteAllBytes(first.Path, GateWorld.Bytes(3));
        byte[] other = GateWorld.Bytes(3);
        Array.Reverse(other);
        var second = LockTests.Of(first with { Path = _world.At("models/two/config.json") }, other);
        _world.Add(second);
        _world.Start();
        File.WriteAllBytes(_world.At("elsewhere/fresh"), other);
        _world.Act("mv elsewhere/fresh models/two/config.json; mount --bind models/two bound");
        try
        {
            _ = _world.Load("read", "bound/config.json");
            Assert.Equal(Whole, _world.Load("read", "models/two/config.json"));
        }
        finally
        {
            _world.Act("umount -l bound");
        }
    }

    [Fact]
    public void A_directory_that_takes_the_place_of_a_guarded_one_is_guarded_a_moment_later()
    {
        _world.Model("models/a.gguf", 3);
        _world.Start();
        _world.Act("cp -r models others");
        _world.Flip("others/a.gguf", 1 << 20);
        _world.Act("cp others/a.gguf others/unknown; mv models gone; mv others models; sleep 2.5");
        Assert.Equal(Second, _world.Load("read", "models/a.gguf"));
        Assert.Equal(Refused, _world.Load("read", "models/unknown"));
        _world.Told();
        Assert.Contains(_world.Troubles, t => t.Reason!.Contains("is another directory than it was", StringComparison.Ordinal));
    }

    [Fact]
    public void A_link_that_leads_out_is_told_when_it_is_there_and_when_it_comes()
    {
        _world.Model("models/a.gguf", 3);
        _world.Act("cp models/a.gguf elsewhere/evil; ln -s ../elsewhere/evil models/before; ln -s a.gguf models/within");
        _world.Start();
        _world.Act("ln -s ../elsewhere/evil models/t; mv models/t models/a.gguf; sleep 0.5");
        // Nothing can be done about it here; whoever looks at the alerts can.
        Assert.Equal(Whole, _world.Load("read", "models/a.gguf"));
        _world.Told();
        string[] told = [.. _world.Troubles.Select(t => t.Reason!).Where(r => r.Contains("outside of what is guarded", StringComparison.Ordinal))];
        Assert.Contains(told, r => r.StartsWith($"{_world.At("models/before")} is a link to {_world.At("elsewhere/evil")}", StringComparison.Ordinal));
        Assert.Contains(told, r => r.StartsWith($"in the place of {_world.At("models/a.gguf")}, which the lock names", StringComparison.Ordinal));
        Assert.DoesNotContain(told, r => r.Contains("within", StringComparison.Ordinal));
    }

    [Fact]
    public void A_false_path_in_a_namespace_of_ones_own_gains_nothing()
    {
        _world.Model("models/a.gguf", 3);
        _world.Model("elsewhere/named.gguf", 2);
        _world.Act("mkdir models/trial; cp models/a.gguf models/unknown; cp models/a.gguf models/trial/x; cp models/a.gguf elsewhere/beside");
        _world.Start(o => o with
        {
            Paths = [_world.At("models"), _world.At("elsewhere/named.gguf")],
            Policies = new PolicyBook(GatePolicy.DenyUnknown, [PathPolicy.Of("**/trial/**", GatePolicy.Observe, "/")]),
        });
        Assert.Equal(Whole, _world.Load("read", "models/trial/x"));
        Assert.Equal(Whole, _world.Load("read", "elsewhere/beside"));
        // Seen by its opener below a directory that is only observed, or beside a file that was named by itself.
        Assert.Equal(Refused, _world.Output($"cp elsewhere/model-reads loader; unshare -m sh -c 'mount --bind models models/trial; ./loader read models/trial/unknown || true'").Trim());
        Assert.Equal(Refused, _world.Output($"unshare -m sh -c 'mount --bind models elsewhere; ./loader read elsewhere/unknown || true'").Trim());
    }

    [Fact]
    public void A_trusted_program_is_known_by_its_file_and_not_by_its_path()
    {
        _world.Model("models/a.gguf", 3);
        _world.Act("cp models/a.gguf models/unknown; mkdir trusted other; cp elsewhere/model-reads trusted/canary; cp elsewhere/model-reads other/canary");
        _world.Start(o => o with { Trusted = _world.At("trusted/canary") });
        Assert.Equal(Whole, _world.Output("./trusted/canary read models/unknown || true").Trim());
        Assert.Equal(Refused, _world.Output("unshare -m sh -c 'mount --bind other trusted; ./trusted/canary read models/unknown || true'").Trim());
    }

    [Fact]
    public void A_descriptor_that_another_process_opened_is_judged_by_what_is_read()
    {
        _world.Model("models/a.gguf", 3);
        _world.Flip("models/a.gguf", 1 << 20);
        _world.Start();
        Assert.Equal("4096 1", _world.Output("""
            cat > elsewhere/pass.py <<'P'
            import array, os, socket
            a, b = socket.socketpair()
            if os.fork() == 0:
                f = os.open('models/a.gguf', os.O_RDONLY)
                socket.send_fds(a, [b'x'], [f])
                os._exit(0)
            _, fds, _, _ = socket.recv_fds(b, 1, 1)
            os.wait()
            print(len(os.pread(fds[0], 4096, 0)), end=' ')
            try:
                os.pread(fds[0], 4096, 1 << 20)
                print(0)
            except OSError:
                print(1)
            P
            python3 elsewhere/pass.py
            """).Trim());
    }

    [Fact]
    public void On_an_overlay_a_file_is_compared_at_each_open_and_a_copy_is_judged_as_what_it_is()
    {
        _world.Model("merged/a.gguf", 3, written: false);
        _world.Act("mkdir lower upper work merged");
        File.WriteAllBytes(_world.At("lower/a.gguf"), GateWorld.Bytes(3));
        _world.Act("mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay merged");
        try
        {
            _world.Start(o => o with { Paths = [_world.At("merged")], Seal = ModelSeal.Flag });
            Assert.Equal(Whole, _world.Load("read", "merged/a.gguf"));
            Thread.Sleep(700);
            Assert.Equal((_world.At("merged/a.gguf"), FileGuarantee.CheckedAtOpen), Assert.Single(_world.Gate!.Files));
            Assert.False(File.Exists(_world.At("upper/a.gguf")));
            // Written through the overlay, it is copied up: another file of the upper layer, under the same number as before.
            _world.Flip("merged/a.gguf", 1 << 20);
            Assert.Equal(Refused, _world.Load("read", "merged/a.gguf"));
            Assert.True(File.Exists(_world.At("upper/a.gguf")));
            // The lower layer itself is as it was.
            Assert.Equal(Whole, _world.Load("read", "lower/a.gguf"));
        }
        finally
        {
            _world.Gate?.Dispose();
            _world.Act("umount -l merged");
        }
    }

    [Fact]
    public void An_overlay_and_what_lies_below_it_are_not_guarded_by_one_gate_which_would_wait_for_itself()
    {
        _world.Model("models/a.gguf", 3);
        _world.Act("mkdir upper work merged; mount -t overlay -o lowerdir=models,upperdir=upper,workdir=work overlay merged");
        try
        {
            var options = new ModelGateOptions { Paths = [_world.At("models"), _world.At("merged")], Seal = ModelSeal.None };
            string? why = ModelGate.Start(options, new GateBook([]), TimeProvider.System, out var gate);
            Assert.Null(gate);
            Assert.StartsWith($"{_world.At("merged")} cannot be marked: ", why, StringComparison.Ordinal);
            Assert.Contains("a guard of its own", why, StringComparison.Ordinal);
            Assert.Equal(Whole, _world.Load("read", "merged/a.gguf"));
        }
        finally
        {
            _world.Act("umount -l merged");
        }
    }

    [Fact]
    public void In_memory_a_store_that_leaves_no_trace_is_found_at_the_next_open()
    {
        _world.Act("mount -t tmpfs tmpfs models");
        try
        {
            _world.Model("models/a.gguf", 3);
            _world.Start(o => o with { Seal = ModelSeal.Flag });
            // The page is there by a read, so that the store raises no fault, and the times stay.
            string told = _world.Output("""
                cat > elsewhere/store.py <<'P'
                import mmap, os, time
                def read():
                    print('read' if os.system('cat models/a.gguf > elsewhere/copy 2> elsewhere/error') == 0 else 'refused', flush=True)
                f = open('models/a.gguf', 'r+b')
                m = mmap.mmap(f.fileno(), 0)
                old = m[5]
                read()
                before = os.stat('models/a.gguf')
                m[5] = old ^ 1
                after = os.stat('models/a.gguf')
                print('no trace' if (before.st_ctime_ns, before.st_mtime_ns) == (after.st_ctime_ns, after.st_mtime_ns) else 'a trace', flush=True)
                m.close(); f.close()
                time.sleep(0.5)
                read()
                P
                python3 elsewhere/store.py
                """);
            Assert.Equal("read\nno trace\nrefused\n", told);
            Assert.Contains("denied changed a.gguf blk.0.weight", _world.Told());
        }
        finally
        {
            _world.Gate?.Dispose();
            _world.Act("umount -l models");
        }
    }

    public void Dispose() => _world.Dispose();
}
