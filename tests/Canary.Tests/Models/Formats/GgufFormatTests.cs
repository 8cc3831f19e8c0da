using Canary.Models;
using Canary.Tests.Models.Support;
using Xunit;

namespace Canary.Tests.Models.Formats;

/// <summary>Sound GGUF files pass, and everything that a loader trips over is named.</summary>
public sealed class GgufFormatTests
{
    [Fact]
    public void A_small_model_is_allowed_and_its_tensors_are_where_they_say()
    {
        byte[] file = GgufBuilder.Small().Build();
        var facts = Inspections.Of("model.gguf", file);
        Inspections.IsClean(facts);
        Assert.Equal("gguf", facts.Format);
        Assert.Equal(["token_embd.weight", "output.weight"], facts.Tensors.Select(t => t.Name));
        Assert.Equal(["f32", "f16"], facts.Tensors.Select(t => t.Type));
        Assert.Equal([96L, 10L], facts.Tensors.Select(t => t.Length));
        Assert.Equal([8L, 3L], facts.Tensors[0].Shape);
        Assert.All(facts.Tensors, t => Assert.Equal(0, t.Offset % 32));
        // The builder fills the first with 0x40 and the second with 0x41.
        Assert.Equal(Enumerable.Repeat((byte)0x40, 96), file.Skip((int)facts.Tensors[0].Offset).Take(96));
        Assert.Equal(Enumerable.Repeat((byte)0x41, 10), file.Skip((int)facts.Tensors[1].Offset).Take(10));
    }

    [Fact]
    public void Version_two_is_read_too() => Inspections.IsClean(Inspections.Of("m.gguf", With(b => b.Version = 2)));

    [Fact]
    public void A_file_is_known_by_its_content_alone() => Assert.Equal("gguf", Inspections.Of("sha256-0123", GgufBuilder.Small().Build()).Format);

    [Fact]
    public void The_other_byte_order_is_read_and_noted()
    {
        var facts = Inspections.Of("m.gguf", With(b => b.BigEndian = true));
        Inspections.HasOnly(ModelVerdict.Allow, "gguf-big-endian", facts);
        Assert.Equal(2, facts.Tensors.Count);
    }

    // Number, elements of a block, bytes of a block.
    public static TheoryData<uint, int, int> Types => new()
    {
        { 0, 1, 4 }, { 1, 1, 2 }, { 2, 32, 18 }, { 3, 32, 20 }, { 6, 32, 22 }, { 7, 32, 24 }, { 8, 32, 34 }, { 9, 32, 36 }, { 10, 256, 84 },
        { 11, 256, 110 }, { 12, 256, 144 }, { 13, 256, 176 }, { 14, 256, 210 }, { 15, 256, 292 }, { 16, 256, 66 }, { 17, 256, 74 },
        { 18, 256, 98 }, { 19, 256, 50 }, { 20, 32, 18 }, { 21, 256, 110 }, { 22, 256, 82 }, { 23, 256, 136 }, { 24, 1, 1 }, { 25, 1, 2 },
        { 26, 1, 4 }, { 27, 1, 8 }, { 28, 1, 8 }, { 29, 256, 56 }, { 30, 1, 2 }, { 34, 256, 54 }, { 35, 256, 66 }, { 39, 32, 17 },
        { 40, 64, 36 }, { 41, 128, 18 }, { 42, 64, 18 },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Each_type_has_the_size_that_ggml_gives_it(uint type, int elements, int bytes)
    {
        var facts = Inspections.Of("m.gguf", new GgufBuilder().Tensor("a", [(ulong)elements * 2, 3], type, bytes * 6).Tensor("b", [1], 0).Build());
        Inspections.IsClean(facts);
        Assert.Equal(bytes * 6, facts.Tensors[0].Length);
        if (elements > 1)
            Inspections.HasOnly(ModelVerdict.Deny, "gguf-tensor-block", Inspections.Of("m.gguf", new GgufBuilder().Tensor("a", [(ulong)elements + 1], type, bytes).Build()));
    }

    [Theory]
    [InlineData(16u)]
    [InlineData(64u)]
    [InlineData(4096u)]
    public void Another_alignment_is_kept(uint alignment)
    {
        var builder = GgufBuilder.Small().Number("general.alignment", 4, alignment);
        builder.Alignment = alignment;
        Inspections.IsClean(Inspections.Of("m.gguf", builder.Build()));
    }

    [Fact]
    public void A_vocabulary_without_tensors_is_sound() => Inspections.IsClean(Inspections.Of("vocab.gguf", new GgufBuilder().Text("general.architecture", "llama").Build()));

    [Fact]
    public void The_last_tensor_need_not_be_filled_up() => Inspections.IsClean(Inspections.Of("m.gguf", GgufBuilder.Small().Build()[..^22]));

    [Fact]
    public void A_large_vocabulary_is_read_in_no_time_and_no_memory()
    {
        byte[] file = GgufBuilder.Small(tokens: 150_000).Build();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var facts = Inspections.Of("m.gguf", file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Inspections.IsClean(facts);
    }

    [Fact]
    public void A_name_that_loaders_unpickle_is_not_known_to_be_harmless() =>
        Inspections.HasOnly(ModelVerdict.Unknown, "gguf-misnamed", Inspections.Of("pytorch_model.bin", GgufBuilder.Small().Build()));

    [Fact]
    public void A_file_that_is_called_GGUF_and_is_none_is_denied() =>
        Inspections.HasOnly(ModelVerdict.Deny, "gguf-magic", Inspections.Of("m.gguf", "FUGG is no magic"u8.ToArray()));

    [Fact]
    public void A_cancelled_inspection_stops()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() => Inspections.Of("m.gguf", GgufBuilder.Small().Build(), cancel: cancel.Token));
    }

    private static byte[] With(Action<GgufBuilder> change)
    {
        var builder = GgufBuilder.Small();
        change(builder);
        return builder.Build();
    }
}
