using System.Diagnostics;
using Canary.Sensors.Etw;
using CsCheck;
using Xunit;
using Xunit.Abstractions;

namespace Canary.Tests.Sensors.Etw;

public sealed class EtwFuzzTests(ITestOutputHelper output)
{
    private const long Bytes = 10_000_000;

    [Fact]
    public void Ten_million_bytes_of_broken_payloads_break_nothing()
    {
        var samples = EtwSamples.All(8).Concat(EtwSamples.All(4)).ToArray();
        var random = new Random(20261128);
        var world = new EtwWorld();
        long read = 0, events = 0, at = EtwSamples.At, longest = 0;
        int[] outcomes = new int[4];
        var clock = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        while (read < Bytes)
        {
            var sample = samples[random.Next(samples.Length)];
            byte[] payload = random.Next(4) == 0 ? Noise(random) : Mutated(sample.Whole, random);
            var header = sample.Header with
            {
                Version = random.Next(3) == 0 ? (byte)random.Next(256) : sample.Header.Version,
                Opcode = random.Next(3) == 0 ? (byte)random.Next(256) : sample.Header.Opcode,
                PointerSize = random.Next(10) == 0 ? (byte)random.Next(256) : sample.Header.PointerSize,
                Pid = random.Next(4) == 0 ? random.Next() - (1 << 30) : random.Next(64) * 4,
                AtNs = random.Next(1000) == 0 ? random.NextInt64() : at += random.Next(1_000_000),
            };
            outcomes[(int)world.Decode(header, payload)]++;
            read += payload.Length;
            events += world.Events.Count;
            longest = Math.Max(longest, world.Events.Count);
            world.Events.Clear();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        world.Flush(long.MaxValue);
        output.WriteLine($"{read:n0} bytes, {outcomes.Sum():n0} payloads, {events:n0} events, outcomes {string.Join('/', outcomes)}, "
            + $"{clock.ElapsedMilliseconds} ms, {allocated / read} bytes allocated for each");
        Assert.All(outcomes, count => Assert.True(count > 0));
        Assert.InRange(longest, 1, 10_000);
        Assert.InRange(allocated / read, 1, 100);
        Assert.InRange(world.State.Processes.Count, 1, 16 * 1024);
    }

    [Fact]
    public void No_payload_makes_a_decoder_throw() => Gen.Select(
        Gen.OneOf(Enum.GetValues<EtwProvider>()),
        Gen.OneOf<ushort>(1, 2, 3, 5, 6, 10, 12, 13, 15, 24, 26, 27, 30, 42, 58, 1101, 3006, 3008, 4104),
        Gen.Byte, Gen.OneOf<byte>(1, 2, 3, 39), Gen.Byte.Array[0, 200]).Sample((provider, id, version, opcode, payload) =>
        {
            var world = new EtwWorld();
            var header = new EtwHeader(provider, id, version, opcode, 5, 6, EtwSamples.At, (byte)(version % 2 == 0 ? 8 : 4));
            var outcome = world.Decode(header, payload);
            if (outcome is EtwOutcome.Malformed or EtwOutcome.UnknownVersion or EtwOutcome.NotOurs)
                Assert.Empty(world.Events);
        }, iter: 5_000);

    private static byte[] Noise(Random random)
    {
        byte[] bytes = new byte[random.Next(300)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutated(byte[] whole, Random random)
    {
        byte[] bytes = random.Next(3) == 0 ? whole[..random.Next(whole.Length + 1)] : (byte[])whole.Clone();
        for (int n = random.Next(6); n > 0 && bytes.Length > 0; n--)
            bytes[random.Next(bytes.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : 0xff * random.Next(2));
        return bytes;
    }
}
