using Canary.Events;
using Canary.Sensors.Etw;
using CsCheck;
using Xunit;

namespace Canary.Tests.Sensors.Etw;

/// <summary>Whole streams: processes that start, act, beget and end on few pids, the halves of their starts in any order, some of them lost.</summary>
public sealed class EtwStreamTests
{
    private const int Pids = 6;
    private const long Ms = 1_000_000;

    [Fact]
    public void Each_start_is_told_once_before_all_that_its_process_did_and_with_its_own_line_and_parent() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, Pids - 1], Gen.Long[0, 40], Gen.Int[0, 9]).Array[1, 120].Sample(steps =>
        {
            var world = new EtwWorld();
            var stream = new Stream(steps);
            foreach (var (header, payload) in stream.Records)
                Assert.Equal(EtwOutcome.Taken, world.Decode(header, payload));
            world.Flush(long.MaxValue / 2);

            var starts = world.Events.OfType<ProcessExecuted>().ToArray();
            Assert.Equal(starts.Length, starts.Select(s => s.Actor).Distinct().Count());
            Assert.Equal(stream.Told.Order(), starts.Select(s => Sequence(s.Actor)).Order());
            var seen = new HashSet<ProcessKey>();
            foreach (var e in world.Events)
            {
                if (e is ProcessExecuted start)
                {
                    ulong sequence = Sequence(start.Actor);
                    Assert.Equal(stream.Lines.GetValueOrDefault(sequence), start.CommandLine);
                    Assert.Equal(stream.Parents[sequence], start.Parent.StartedNs < Start ? 0 : Sequence(start.Parent));
                    seen.Add(e.Actor);
                }
                else
                {
                    Assert.Contains(e.Actor, seen);
                    // A file bears the number of the process that opened it.
                    if (e is FileActed file)
                        Assert.Equal($@"C:\{Sequence(e.Actor)}", file.Path);
                }
            }
        }, iter: 1000);

    private const long Start = (EtwSamples.Created - EtwSamples.Boot) * 100;

    private static ulong Sequence(ProcessKey key) => (ulong)((key.StartedNs - Start) / 100);

    /// <summary>A step is what happens, to which of the pids, milliseconds after the last one, and chance.</summary>
    private sealed class Stream
    {
        private readonly ulong[] _alive = new ulong[Pids];
        private readonly List<(EtwHeader Header, byte[] Payload)> _records = [];
        private readonly long[] _sinceNs = new long[Pids];
        private ulong _next = 1000;

        public Stream((int Act, int Slot, long Wait, int Chance)[] steps)
        {
            long at = EtwSamples.At;
            foreach (var (act, slot, wait, chance) in steps)
            {
                at += 1000 + wait * Ms;
                if (_alive[slot] == 0)
                    Begin(at, slot, chance);
                else if (act == 0 && at > _sinceNs[slot] + 100 * Ms)
                    End(at, slot, chance);
                else
                    Add(EtwProvider.KernelFile, 12, 1, at, slot, FileSamples.Opened(1, 8, 1u << 24, $@"\Device\HarddiskVolume3\{_alive[slot]}", (ulong)at));
            }
        }

        /// <summary>In the order of time, as a session gives them: a sort that keeps what is equal.</summary>
        public IEnumerable<(EtwHeader Header, byte[] Payload)> Records => _records.OrderBy(r => r.Header.AtNs);
        public List<ulong> Told { get; } = [];
        public Dictionary<ulong, string> Lines { get; } = [];
        public Dictionary<ulong, ulong> Parents { get; } = [];

        private void Begin(long at, int slot, int chance)
        {
            ulong sequence = ++_next;
            int by = (slot + 1 + chance % (Pids - 1)) % Pids;
            ulong parent = _alive[by];
            uint parentPid = parent == 0 ? 8 : Pid(by);
            _alive[slot] = sequence;
            _sinceNs[slot] = at;
            Told.Add(sequence);
            Parents[sequence] = parent;
            bool isLate = chance % 2 == 0;
            // One in ten has lost its command line. The other half may come when what it did, and its child, was already seen, but within its life.
            if (chance != 9)
            {
                Lines[sequence] = $"program {sequence}";
                Add(EtwProvider.KernelLoggerProcess, 0, 4, at + (isLate ? 60 * Ms : 0), by, new PayloadBuilder().Pointer(1).U32(Pid(slot), parentPid, 0, 0)
                    .Pointer(2).U32(0).TokenUser("S-1-5-18").Ansi("x.exe").Wide(Lines[sequence]));
            }

            Add(EtwProvider.KernelProcess, 1, 3, at + (isLate ? 0 : 1), by, new PayloadBuilder().U32(Pid(slot)).U64(sequence)
                .U64((ulong)EtwSamples.Created + sequence).U32(parentPid).U64(parent).U32(0, 0, 0, 0).Sid("S-1-16-8192").Wide(@"\Device\HarddiskVolume3\x.exe"));
        }

        // Some ends are lost; the pid is free all the same.
        private void End(long at, int slot, int chance)
        {
            if (chance < 8)
                Add(EtwProvider.KernelProcess, 2, 2, at, slot, new PayloadBuilder().U32(Pid(slot)).U64(_alive[slot]).U64(1).U64(2).U32(0));
            _alive[slot] = 0;
        }

        private static uint Pid(int slot) => (uint)(100 + slot * 4);

        private void Add(EtwProvider provider, ushort id, byte version, long at, int slot, PayloadBuilder payload) =>
            _records.Add((new EtwHeader(provider, id, version, Opcode: 1, (int)Pid(slot), 1, at), payload.Bytes));
    }
}
