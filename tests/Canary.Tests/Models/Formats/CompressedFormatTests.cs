using System.IO.Compression;
using Canary.Models;
using Canary.Models.Containers;
using Canary.Tests.Models.Pickles;
using Xunit;

namespace Canary.Tests.Models.Formats;

public sealed class CompressedFormatTests
{
    private static readonly byte[] Evil = PickleCorpus.Cases["malicious/extension/p0.bin"];

    [Fact]
    public void What_is_packed_is_inspected()
    {
        var facts = PickleCorpus.InspectBytes("m.z", Packed(Evil));
        Assert.Equal("joblib", facts.Format);
        Assert.Equal("m.z at offset 32", Assert.Single(facts.Imports).Place);
        Assert.Contains(PickleCorpus.InspectBytes("m.z", Packed("just text"u8.ToArray())).Anomalies, a => a.Code == "container-not-standard");
    }

    [Fact]
    public void Streams_within_streams_are_unpacked_to_a_bounded_depth()
    {
        byte[] deep = Evil;
        for (int i = 0; i < 6; i++)
            deep = Packed(deep);
        Assert.Contains(PickleCorpus.InspectBytes("m.z", deep).Anomalies, a => a is { Code: "archive-too-deep", Verdict: ModelVerdict.Deny });
    }

    [Fact]
    public void Damage_is_denied()
    {
        byte[] packed = Packed([.. Evil, .. new byte[5000]]);
        packed[^1] ^= 1;
        Assert.Contains(PickleCorpus.InspectBytes("m.z", packed).Anomalies, a => a is { Code: "compressed-broken", Verdict: ModelVerdict.Deny });
    }

    [Fact]
    public void A_preset_dictionary_is_no_stream_of_joblib() => Assert.Null(ModelFormats.Of(new HeldBytes("m.z", new byte[] { 0x78, 0xf9, 1, 2, 3, 4, 5 })));

    [Fact]
    public void More_than_is_unpacked_is_said_and_what_lies_before_is_read()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(Evil);
            byte[] zeros = new byte[1024 * 1024];
            for (int i = 0; i <= Unpacking.MostMemberBytes / zeros.Length; i++)
                zlib.Write(zeros);
        }

        var facts = PickleCorpus.InspectBytes("m.z", packed.ToArray());
        Assert.Contains(facts.Anomalies, a => a is { Code: "compressed-too-large", Verdict: ModelVerdict.Unknown });
        Assert.Contains(facts.Imports, i => i.Verdict == ModelVerdict.Deny);
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(bytes);
        return packed.ToArray();
    }
}
