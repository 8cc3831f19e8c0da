using Canary.Sensors.Etw;
using CsCheck;
using Xunit;

namespace Canary.Tests.Sensors.Etw;

public sealed class EtwRingTests
{
    [Fact]
    public void What_goes_in_comes_out_in_its_order_whatever_the_lengths() => Gen.Int[0, 900].Array[0, 400].Sample(lengths =>
    {
        var ring = new EtwRing(8192);
        int read = 0, refused = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            byte[] payload = new byte[lengths[i]];
            Array.Fill(payload, (byte)i);
            if (!ring.TryWrite(Header(i), payload))
            {
                refused++;
                while (ring.TryPeek(out var record))
                    read += Check(ring, record);
                Assert.True(ring.IsEmpty);
            }
        }

        while (ring.TryPeek(out var record))
            read += Check(ring, record);
        Assert.Equal(lengths.Length, read + refused);
        Assert.Equal(refused, ring.Dropped);
    });

    [Fact]
    public void A_writer_and_a_reader_at_once_lose_and_mix_nothing()
    {
        var ring = new EtwRing(4096);
        const int Count = 200_000;
        var writer = new Thread(() =>
        {
            byte[] payload = new byte[64];
            for (int i = 0; i < Count;)
            {
                Array.Fill(payload, (byte)i);
                if (ring.TryWrite(Header(i), payload.AsSpan(0, i % 64)))
                    i++;
                else
                    Thread.Yield();
            }
        });
        writer.Start();
        for (int i = 0; i < Count;)
        {
            if (!ring.TryPeek(out var record))
            {
                Thread.Yield();
                continue;
            }

            Assert.Equal(i, record.Header.Pid);
            Assert.Equal(i % 64, record.Payload.Length);
            Assert.False(record.Payload.ContainsAnyExcept((byte)i));
            ring.Advance();
            i++;
        }

        writer.Join();
        Assert.True(ring.IsEmpty);
    }

    private static EtwHeader Header(int i) => new(EtwProvider.KernelFile, (ushort)(i % 60_000), 3, 1, i, i + 1, i * 100L, 4);

    private static int Check(EtwRing ring, in EtwRecord record)
    {
        int i = record.Header.Pid;
        Assert.Equal(Header(i), record.Header);
        Assert.False(record.Payload.ContainsAnyExcept((byte)i));
        ring.Advance();
        return 1;
    }
}
