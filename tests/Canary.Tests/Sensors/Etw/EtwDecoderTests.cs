using Canary.Events;
using Canary.Sensors.Etw;
using Xunit;

namespace Canary.Tests.Sensors.Etw;

public sealed class EtwDecoderTests
{
    public static TheoryData<string, int> Samples
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string name in EtwSamples.Names)
            {
                data.Add(name, 8);
                data.Add(name, 4);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_event_of_every_version_is_read(string name, int pointerSize)
    {
        var sample = EtwSamples.Of(name, (byte)pointerSize);
        var world = new EtwWorld();
        Assert.Equal(EtwOutcome.Taken, world.Decode(sample.Header, sample.Whole));
        world.Flush(EtwSamples.At + 3_000_000_000);
        sample.Check(world.Events, world.State);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_payload_cut_at_any_length_is_malformed_and_tells_nothing(string name, int pointerSize)
    {
        var sample = EtwSamples.Of(name, (byte)pointerSize);
        var world = new EtwWorld();
        for (int length = 0; length < sample.Needed.Length; length++)
            Assert.Equal(EtwOutcome.Malformed, world.Decode(sample.Header, sample.Needed.AsSpan(0, length)));
        world.Flush(EtwSamples.At + 3_000_000_000);
        Assert.Empty(world.Events);
    }

    [Theory]
    [InlineData("logger start V4")]
    [InlineData("logger defunct V5")]
    [InlineData("process start V4")]
    [InlineData("process stop V2")]
    [InlineData("process rundown V2")]
    [InlineData("thread start V1")]
    [InlineData("image load V0")]
    [InlineData("file name V0")]
    [InlineData("file open V1")]
    [InlineData("file close V1")]
    [InlineData("file delete V1")]
    [InlineData("connect v6 V0")]
    [InlineData("datagram v4 V0")]
    [InlineData("dns query V0")]
    [InlineData("dns answer V0")]
    [InlineData("key create V0")]
    [InlineData("key delete V0")]
    [InlineData("value set V0")]
    [InlineData("value delete V0")]
    [InlineData("script PowerShell V1")]
    [InlineData("amsi V0")]
    [InlineData("open process V0")]
    [InlineData("open thread V0")]
    [InlineData("adapter 24 V0")]
    [InlineData("device V1")]
    public void A_newer_version_is_read_by_the_part_that_is_known_and_told_apart_where_that_does_not_read(string name)
    {
        var sample = EtwSamples.Of(name, 8);
        var header = sample.Header with { Version = 99 };
        var world = new EtwWorld();
        Assert.Equal(EtwOutcome.Taken, world.Decode(header, [.. sample.Whole, 1, 2, 3, 4, 5]));
        Assert.Equal(EtwOutcome.UnknownVersion, world.Decode(header, sample.Needed.AsSpan(0, sample.Needed.Length - 1)));
        world.Flush(EtwSamples.At + 3_000_000_000);
        sample.Check(world.Events, world.State);
    }

    [Fact]
    public void An_event_that_nobody_asked_for_is_not_ours()
    {
        var world = new EtwWorld();
        foreach (var provider in Enum.GetValues<EtwProvider>())
            Assert.Equal(EtwOutcome.NotOurs, world.Decode(EtwSamples.Header(provider, 60000, 0, 8, opcode: 200), [1, 2, 3]));
        Assert.Equal(EtwOutcome.NotOurs, world.Decode(EtwSamples.Header((EtwProvider)250, 1, 0, 8), [1, 2, 3]));
        Assert.Empty(world.Events);
    }

    [Fact]
    public void Every_provider_but_none_has_a_decoder() =>
        Assert.Equal(Enum.GetValues<EtwProvider>().Where(p => p != EtwProvider.None).Order(), EtwSamples.All(8).Select(s => s.Header.Provider).Distinct().Order());
}

/// <summary>A state with its decoders, a map of two volumes and every file of interest.</summary>
internal sealed class EtwWorld
{
    public EtwWorld(EtwState? state = null)
    {
        State = state ?? EtwSamples.State();
        State.Clock.BootFileTime = EtwSamples.Boot;
        Decoders = new EtwDecoders(State);
    }

    public EtwState State { get; }
    public EtwDecoders Decoders { get; }
    public List<SensorEvent> Events { get; } = [];

    public EtwOutcome Decode(EtwHeader header, ReadOnlySpan<byte> payload) => Decoders.Decode(new EtwRecord(header, payload), Events);

    public void Flush(long nowNs) => Decoders.Flush(nowNs, Events);
}
