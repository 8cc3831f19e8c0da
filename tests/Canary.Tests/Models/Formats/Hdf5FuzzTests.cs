using Canary.Models;
using Canary.Tests.Models.Support;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Formats;

/// <summary>Real files are cut and changed at random: nothing escapes, nothing hangs or takes memory, and what is not allowed says why.</summary>
public sealed class Hdf5FuzzTests
{
    private static readonly byte[] Interesting = [0, 1, 2, 4, 7, 8, 0x10, 0x18, 0x20, 0x40, 0x7f, 0x80, 0xfe, 0xff];

    private static readonly Gen<(int At, byte Value)> Change =
        Gen.Select(Gen.OneOf(Gen.Int[0, 511], Gen.Int[0, 1 << 20]), Gen.OneOf(Gen.Byte, Gen.Int[0, 13].Select(i => Interesting[i])));

    [Theory]
    [InlineData("allow/whole-vlen-old.h5")]
    [InlineData("allow/whole-vlen-new.h5")]
    [InlineData("allow/whole-fixed-old.h5")]
    [InlineData("allow/links-new.h5")]
    [InlineData("allow/narrow.h5")]
    public void A_file_that_is_cut_anywhere_is_never_allowed(string path)
    {
        byte[] sound = Hdf5Corpus.Cases[path];
        for (int length = 8; length < sound.Length; length++)
        {
            var facts = Judge(sound[..length]);
            Assert.NotEqual(ModelVerdict.Allow, facts.Verdict);
            Assert.Contains("hdf5-broken", facts.Codes());
        }
    }

    [Theory]
    [InlineData("allow/whole-vlen-old.h5")]
    [InlineData("allow/whole-fixed-new.h5")]
    [InlineData("allow/dense-attributes-new.h5")]
    [InlineData("allow/types-old.h5")]
    [InlineData("allow/types-new.h5")]
    [InlineData("allow/layouts-old.h5")]
    [InlineData("allow/layouts-new.h5")]
    [InlineData("allow/links-old.h5")]
    [InlineData("allow/shared.h5")]
    [InlineData("allow/large-attribute.h5")]
    [InlineData("deny/virtual-absolute.h5")]
    [InlineData("deny/external-storage-absolute-old.h5")]
    [InlineData("deny/external-link-absolute-old.h5")]
    [InlineData("deny/lambda-packed-old.h5")]
    [InlineData("unknown/cache-image.h5")]
    public void A_changed_file_is_judged_and_never_trips_the_reader(string path)
    {
        byte[] sound = Hdf5Corpus.Cases[path];
        Gen.Select(Change.Array[1, 6], Gen.Int[0, 40]).Sample((changes, cut) =>
        {
            byte[] bytes = sound[..^(cut < 30 ? 0 : cut - 30)];
            foreach (var (at, value) in changes)
                bytes[at % bytes.Length] = value;
            Judge(bytes);
        }, iter: 3_000);
    }

    // Where sums guard the structure, random changes are found by them: here the sums do not help, since the old form has none.
    [Fact]
    public void Every_byte_of_a_small_file_may_have_any_value()
    {
        var file = new Hdf5Builder();
        long numbers = file.Blob(new byte[8]);
        byte[] sound = file.Text("model_config", """{"class_name": "Sequential", "config": {}}""")
            .Object("d", Hdf5Builder.MessageOf(Hdf5Builder.Dataspace, Hdf5Builder.Shape(2)), Hdf5Builder.MessageOf(Hdf5Builder.Datatype, Hdf5Builder.Float),
                Hdf5Builder.MessageOf(Hdf5Builder.Layout, Hdf5Builder.Contiguous(numbers, 8))).Build();
        Inspections.IsClean(Judge(sound));
        for (int at = 8; at < sound.Length; at++)
        {
            foreach (byte value in Interesting)
            {
                byte[] bytes = [.. sound];
                bytes[at] = value;
                Judge(bytes);
            }
        }
    }

    [Fact]
    public void Any_bytes_at_all_are_judged() => Gen.Byte.Array[0, 400].Sample(bytes =>
    {
        foreach (byte version in (byte[])[0, 1, 2, 3])
            Judge([0x89, .. "HDF\r\n\x1a\n"u8, version, .. bytes]);
    }, iter: 3_000);

    private static ModelFacts Judge(byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var facts = Inspections.Of("m.h5", bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
        if (facts.Verdict != ModelVerdict.Allow)
            Assert.Contains(facts.Anomalies, a => a.Verdict == facts.Verdict);
        Assert.All(facts.Tensors, t => Assert.True(t.Offset >= 0 && t.Length >= 0 && t.Offset + t.Length <= bytes.Length));
        return facts;
    }
}
