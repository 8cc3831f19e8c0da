using Canary.Models;
using Canary.Tests.Models.Support;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Formats;

/// <summary>Bytes of sound files are changed at random: nothing escapes, nothing hangs, and what is not allowed says why.</summary>
public sealed class TensorFormatFuzzTests
{
    private static readonly byte[] Gguf = GgufBuilder.Small().Number("split.no", 2, 0).Number("split.count", 2, 2).Number("split.tensors.count", 5, 4)
        .Array("flags", 7, 3, [0, 1, 0]).Text("tokenizer.chat_template", "{% for m in messages %}{{ m.content }}{% endfor %}").Build();

    private static readonly byte[] SafeTensors = SafeTensorsBuilder.Of(("a", "F32", [2, 2], 16), ("b", "BF16", [3], 6), ("c", "F4", [4], 2));

    private static readonly byte[] Interesting = [0, 1, 2, 9, 13, 0x20, 0x22, 0x2c, 0x5b, 0x7b, 0x7d, 0x7f, 0x80, 0xff];

    private static readonly Gen<(int At, byte Value)> Change = Gen.Select(Gen.Int[0, 4096], Gen.OneOf(Gen.Byte, Gen.Int[0, 13].Select(i => Interesting[i])));

    [Fact]
    public void A_changed_GGUF_is_judged_and_never_trips_the_reader() => Fuzz("m-00001-of-00002.gguf", Gguf);

    [Fact]
    public void A_changed_safetensors_is_judged_and_never_trips_the_reader() => Fuzz("m.safetensors", SafeTensors);

    [Fact]
    public void Any_bytes_at_all_are_judged() => Gen.Byte.Array[0, 400].Sample(bytes =>
    {
        Judge("m.gguf", [.. "GGUF"u8, 3, 0, 0, 0, .. bytes]);
        Judge("m.safetensors", bytes);
        Judge("model.safetensors.index.json", bytes);
    }, iter: 5_000);

    [Fact]
    public void A_file_that_is_cut_anywhere_is_never_allowed()
    {
        // Before the padding of the last tensor, which may be missing.
        for (int length = 0; length < Gguf.Length - 22; length++)
            Assert.Equal(ModelVerdict.Deny, Judge("m-00001-of-00002.gguf", Gguf[..length]).Verdict);
        for (int length = 0; length < SafeTensors.Length; length++)
            Assert.Equal(ModelVerdict.Deny, Judge("m.safetensors", SafeTensors[..length]).Verdict);
    }

    private static void Fuzz(string name, byte[] sound) => Gen.Select(Change.Array[1, 6], Gen.Int[0, 40]).Sample((changes, cut) =>
    {
        byte[] bytes = sound[..^(cut < 30 ? 0 : cut - 30)];
        foreach (var (at, value) in changes)
            bytes[at % bytes.Length] = value;
        Judge(name, bytes);
    }, iter: 10_000);

    private static ModelFacts Judge(string name, byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var facts = Inspections.Of(name, bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
        if (facts.Verdict != ModelVerdict.Allow)
            Assert.Contains(facts.Anomalies, a => a.Verdict == facts.Verdict);
        Assert.All(facts.Tensors, t => Assert.True(t.Offset >= 0 && t.Length >= 0 && t.Offset + t.Length <= bytes.Length));
        return facts;
    }
}
