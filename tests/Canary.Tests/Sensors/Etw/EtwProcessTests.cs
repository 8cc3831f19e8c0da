using Canary.Events;
using Canary.Sensors.Etw;
using Xunit;

namespace Canary.Tests.Sensors.Etw;

public sealed class EtwProcessTests
{
    private const long Ms = 1_000_000, At = EtwSamples.At;
    private readonly EtwWorld _world = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_halves_make_one_start_in_either_order(bool loggerFirst)
    {
        if (loggerFirst)
            Logger(At, 500, 4, "cmd.exe", "cmd /c whoami");
        Manifest(At + (loggerFirst ? 2 : 0), 500, 4, sequence: 71);
        if (!loggerFirst)
            Logger(At + 2, 500, 4, "cmd.exe", "cmd /c whoami");
        var start = Assert.IsType<ProcessExecuted>(Assert.Single(_world.Events));
        Assert.Equal((At, @"C:\bin\500.exe", "cmd", "cmd /c whoami", "Medium", @"NT AUTHORITY\LOCAL SERVICE", false),
            (start.AtNs, start.Image, start.Requested, start.CommandLine, start.IntegrityLevel, start.User, start.Truncated));
        Assert.Equal(["cmd", "/c", "whoami"], start.Arguments);
        // The key is of the time that the kernel gave, whichever half came first.
        Assert.Equal(new ProcessKey(500, CreatedNs(71)), start.Actor);
        Assert.Equal(start.Actor, _world.State.Processes.KeyOf(500, At + 5));
    }

    [Fact]
    public void A_half_is_told_alone_when_the_other_does_not_come()
    {
        Logger(At, 500, 4, "cmd.exe", "cmd /c whoami");
        _world.Flush(At + 250 * Ms);
        Assert.Empty(_world.Events);
        _world.Flush(At + 251 * Ms);
        Assert.Equal("cmd.exe", Assert.IsType<ProcessExecuted>(Assert.Single(_world.Events)).Image);
        Manifest(At + 300 * Ms, 500, 4, sequence: 71, created: 1);
        Assert.Equal((1, 0), (_world.State.Counts.LoneHalves, _world.State.Counts.LateHalves));
    }

    [Fact]
    public void A_half_that_comes_too_late_is_counted_and_tells_no_second_start()
    {
        Manifest(At, 500, 4, sequence: 71);
        Manifest(At + 260 * Ms, 501, 4, sequence: 72);
        Assert.Single(_world.Events);
        Logger(At + 90 * Ms, 500, 4, "cmd.exe", "cmd");
        Assert.Single(_world.Events);
        Assert.Equal(1, _world.State.Counts.LateHalves);
    }

    [Fact]
    public void With_one_source_off_nothing_waits()
    {
        _world.State.Processes.Expected = StartHalves.Manifest;
        Manifest(At, 500, 4, sequence: 71);
        Assert.Single(_world.Events);
    }

    [Fact]
    public void A_pid_that_is_used_again_is_another_process()
    {
        Whole(At, 500, 4, 71, "first");
        Stop(At + 5 * Ms, 500, 71);
        Whole(At + 10 * Ms, 500, 4, 72, "second");
        var keys = Starts().Select(s => s.Actor).ToArray();
        Assert.Equal(2, keys.Distinct().Count());
        Assert.Equal(keys[0], _world.State.Processes.KeyOf(500, At + 7 * Ms));
        Assert.Equal(keys[1], _world.State.Processes.KeyOf(500, At + 11 * Ms));
    }

    [Fact]
    public void A_pid_that_is_used_again_within_the_wait_never_joins_the_older_process()
    {
        // The first one's command line never came, and its end was lost.
        Manifest(At, 500, 4, sequence: 71);
        Manifest(At + 20 * Ms, 500, 4, sequence: 72);
        Logger(At + 20 * Ms, 500, 4, "b.exe", "b --second");
        _world.Flush(At + 1000 * Ms);
        Assert.Equal([(CreatedNs(71), null), (CreatedNs(72), "b --second")], Starts().OrderBy(s => s.AtNs).Select(s => (s.Actor.StartedNs, s.CommandLine)));
        Assert.Equal(1, _world.State.Counts.LostEnds);
    }

    [Fact]
    public void Without_sequence_numbers_a_pid_that_is_used_again_is_told_apart_by_its_source()
    {
        Logger(At, 500, 4, "a.exe", "a");
        Logger(At + Ms, 500, 4, "b.exe", "b");
        _world.Flush(At + 1000 * Ms);
        Assert.Equal(["a", "b"], Starts().Select(s => s.CommandLine));
        Assert.Equal(2, Starts().Select(s => s.Actor).Distinct().Count());
    }

    [Fact]
    public void The_parent_is_the_process_of_that_sequence_number_though_its_pid_was_used_again()
    {
        Whole(At, 500, 4, 71, "parent");
        Stop(At + Ms, 500, 71);
        Whole(At + 2 * Ms, 500, 4, 72, "other");
        Whole(At + 3 * Ms, 600, 500, 73, "child", parentSequence: 71);
        Assert.Equal(CreatedNs(71), Starts().Last().Parent.StartedNs);
    }

    [Fact]
    public void A_parent_that_began_later_than_its_child_is_none()
    {
        Whole(At, 500, 4, 72, "younger, with the pid of the dead parent");
        Manifest(At + Ms, 600, 500, 60, running: true, created: EtwSamples.Created + 60, parentSequence: 50);
        Logger(At + Ms, 600, 500, "child.exe", "child", running: true);
        Assert.Equal(ProcessKey.None, Starts().Last().Parent);
    }

    [Fact]
    public void What_was_running_is_joined_too_and_bears_its_own_start()
    {
        Logger(At, 500, 4, "svc.exe", "svc -k", running: true);
        Whole(At + 100 * Ms, 501, 500, 90, "later child", parentSequence: 40);
        Manifest(At + 900 * Ms, 500, 4, 40, running: true, created: EtwSamples.Created - 1000);
        Assert.Equal([(500, true, "svc -k"), (501, false, "later child")], Starts().Select(s => (s.Actor.Pid, s.AlreadyRunning, s.CommandLine ?? "")));
        Assert.Equal(Starts()[0].Actor, Starts()[1].Parent);
        Assert.Equal((EtwSamples.Created - 1000 - EtwSamples.Boot) * 100, Starts()[0].Actor.StartedNs);
    }

    [Fact]
    public void A_list_of_what_runs_adds_nothing_to_what_was_seen_starting()
    {
        Whole(At, 500, 4, 71, "cmd");
        Manifest(At + 10 * Ms, 500, 4, 71, running: true);
        Logger(At + 10 * Ms, 500, 4, "cmd.exe", "cmd", running: true);
        _world.Flush(At + 9000 * Ms);
        Assert.Single(Starts());
    }

    [Fact]
    public void No_event_comes_before_the_start_of_its_actor()
    {
        Logger(At, 500, 4, "cmd.exe", "cmd /c x");
        Open(At + 1, 500, @"\Device\HarddiskVolume3\a.txt");
        // A child that is whole before its parent is.
        Whole(At + 2, 600, 500, 80, "child", parentSequence: 71);
        Open(At + 3, 600, @"\Device\HarddiskVolume3\b.txt");
        Open(At + 4, 700, @"\Device\HarddiskVolume3\c.txt");
        Stop(At + 5, 600, 80);
        Assert.Equal(700, Assert.Single(_world.Events).Actor.Pid);
        Manifest(At + 6, 500, 4, 71);
        Assert.Equal(
            ["FileActed 700", "ProcessExecuted 500", "FileActed 500", "ProcessExecuted 600", "FileActed 600", "ProcessExited 600"],
            _world.Events.Select(e => $"{e.GetType().Name} {e.Actor.Pid}"));
        // Under the key that it has in the end.
        Assert.All(_world.Events.Where(e => e.Actor.Pid == 500), e => Assert.Equal(CreatedNs(71), e.Actor.StartedNs));
        Assert.Equal(CreatedNs(71), Starts()[1].Parent.StartedNs);
    }

    [Fact]
    public void What_is_held_back_is_bounded()
    {
        Logger(At, 500, 4, "cmd.exe", "cmd /c x");
        for (int i = 0; i < 5000; i++)
            Open(At + 1 + i, 500, $@"\Device\HarddiskVolume3\{i}.txt");
        Assert.Equal(5001, _world.Events.Count);
        Assert.IsType<ProcessExecuted>(_world.Events[0]);
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => $@"C:\{i}.txt"), _world.Events.OfType<FileActed>().Select(f => f.Path));
    }

    [Fact]
    public void A_process_ends_once_though_two_sources_say_so()
    {
        Whole(At, 500, 4, 71, "cmd");
        Stop(At + Ms, 500, 71);
        _world.Decode(Header(EtwProvider.KernelLoggerProcess, 0, 4, At + Ms, 500, 2), new PayloadBuilder().Pointer(1).U32(500, 4, 0, 7).Bytes);
        Assert.Equal(3, Assert.Single(_world.Events.OfType<ProcessExited>()).ExitCode);
    }

    [Fact]
    public void An_ended_process_answers_for_its_pid_a_little_while()
    {
        Whole(At, 500, 4, 71, "cmd");
        Stop(At + Ms, 500, 71);
        Assert.NotEqual(0, _world.State.Processes.KeyOf(500, At + 1000 * Ms).StartedNs);
        Assert.Equal(new ProcessKey(500, 0), _world.State.Processes.KeyOf(500, At + 5000 * Ms));
    }

    [Fact]
    public void The_two_of_the_kernel_have_their_names_and_the_idle_one_no_key()
    {
        Manifest(At, 4, 0, 1, running: true);
        Logger(At, 4, 0, "System", "", running: true);
        Logger(At, 0, 0, "Idle", "", running: true);
        var system = Assert.Single(Starts());
        Assert.Equal(("System", ProcessKey.None, false), (system.Image, system.Parent, system.Truncated));
        Assert.Equal(ProcessKey.None, _world.State.Processes.KeyOf(0, At));
    }

    [Fact]
    public void A_storm_of_processes_stays_within_its_bound()
    {
        for (uint i = 0; i < 60_000; i++)
            Whole(At + i, (int)(1000 + i % 30_000 * 4), 4, 100 + i, "x");
        Assert.InRange(_world.State.Processes.Count, 1, 16 * 1024);
        Assert.Equal(60_000, Starts().Length);
        Assert.True(_world.State.Counts.ForgottenProcesses > 0);
    }

    [Fact]
    public void The_first_thread_is_the_parent_s_and_a_later_one_from_outside_is_remote()
    {
        Whole(At, 500, 4, 71, "victim");
        Thread(At + 1, by: 4, of: 500);
        Whole(At + 2, 600, 4, 72, "attacker");
        Thread(At + 3, by: 600, of: 600);
        Thread(At + 4, by: 500, of: 500);
        Assert.Empty(_world.Events.OfType<SystemActed>());
        Thread(At + 5, by: 600, of: 500);
        var remote = Assert.Single(_world.Events.OfType<SystemActed>());
        Assert.Equal(
            (SystemAct.CreateRemoteThread, CreatedNs(72), CreatedNs(71), "start 0x7ff61000"),
            (remote.Act, remote.Actor.StartedNs, remote.Target.StartedNs, remote.Detail));
    }

    private ProcessExecuted[] Starts() => [.. _world.Events.OfType<ProcessExecuted>()];

    private static long CreatedNs(ulong sequence) => (EtwSamples.Created - EtwSamples.Boot + (long)sequence) * 100;

    private void Whole(long at, int pid, int parent, ulong sequence, string line, ulong parentSequence = 0)
    {
        Manifest(at, pid, parent, sequence, parentSequence: parentSequence);
        Logger(at, pid, parent, "x.exe", line);
    }

    private void Logger(long at, int pid, int parent, string image, string line, bool running = false) => _world.Decode(
        Header(EtwProvider.KernelLoggerProcess, 0, 4, at, parent, (byte)(running ? 3 : 1)),
        new PayloadBuilder().Pointer(1).U32((uint)pid, (uint)parent, 0, 0).Pointer(2).U32(0).TokenUser("S-1-5-19").Ansi(image).Wide(line).Wide("").Wide("").Bytes);

    private void Manifest(long at, int pid, int parent, ulong sequence, bool running = false, long created = 0, ulong parentSequence = 0) => _world.Decode(
        Header(EtwProvider.KernelProcess, (ushort)(running ? 15 : 1), (byte)(running ? 1 : 3), at, parent),
        new PayloadBuilder().U32((uint)pid).U64(sequence).U64((ulong)(created == 0 ? EtwSamples.Created + (long)sequence : created)).U32((uint)parent).U64(parentSequence)
            .U32(0, 0, 0, 0).Sid("S-1-16-8192").Wide($@"\Device\HarddiskVolume3\bin\{pid}.exe").Bytes);

    private void Stop(long at, int pid, ulong sequence) => _world.Decode(
        Header(EtwProvider.KernelProcess, 2, 2, at, pid), new PayloadBuilder().U32((uint)pid).U64(sequence).U64(1).U64(2).U32(3).Bytes);

    private void Thread(long at, int by, int of) => _world.Decode(
        Header(EtwProvider.KernelProcess, 3, 1, at, by), new PayloadBuilder().U32((uint)of, 9).Pointer(1, 2, 3, 4, 5, 0x7ff61000).Bytes);

    private void Open(long at, int pid, string name) => _world.Decode(Header(EtwProvider.KernelFile, 12, 1, at, pid), FileSamples.Opened(1, 8, 1u << 24, name, (ulong)at).Bytes);

    private static EtwHeader Header(EtwProvider provider, ushort id, byte version, long at, int pid, byte opcode = 0) => new(provider, id, version, opcode, pid, 1, at);
}
