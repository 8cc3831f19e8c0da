using Canary.Models;
using Canary.Tests.Models.Support;
using Xunit;

namespace Canary.Tests.Models.Formats;

/// <summary>Each way in which a GGUF file is not one, alone: the code names the fault, and nothing else is named.</summary>
public sealed class GgufMalformedTests
{
    private static readonly (string Case, string Code, byte[] File)[] Cases =
    [
        ("version zero", "gguf-version", Small(b => b.Version = 0)),
        ("version one", "gguf-version", Small(b => b.Version = 1)),
        ("version four", "gguf-version", Small(b => b.Version = 4)),
        ("version one in the other order", "gguf-version", Small(b => (b.Version, b.BigEndian) = (1, true))),
        ("only a magic", "gguf-truncated", "GGUF"u8.ToArray()),
        ("cut within the counts", "gguf-truncated", Small()[..20]),
        ("cut within a key", "gguf-truncated", Small()[..150]),
        ("too many keys for the size", "gguf-key-count", Small(b => b.KeyCount = 1000)),
        ("the most keys that can be said", "gguf-key-count", Small(b => b.KeyCount = ulong.MaxValue)),
        ("too many tensors for the size", "gguf-tensor-count", Small(b => b.TensorCount = 1000)),
        ("the most tensors that can be said", "gguf-tensor-count", Small(b => b.TensorCount = ulong.MaxValue)),
        ("one key more than there are", "gguf-key-not-text", Small(b => b.Key("\0\x01", 0, o => o.U8(1)))),
        ("a key without name", "gguf-key-empty", Small(b => b.Number("", 4, 1))),
        ("a key twice", "gguf-key-duplicate", Small(b => b.Number("a", 4, 1).Number("a", 4, 2))),
        ("a key that is too long", "gguf-key-too-long", Small(b => b.Number(new string('k', 65_536), 4, 1))),
        ("a key that is not text", "gguf-key-not-text", Small(b => b.Number("a\nb", 4, 1))),
        ("a value of no type", "gguf-value-type", Small(b => b.Key("a", 13, o => o.Number(0, 8)))),
        ("an element of no type", "gguf-value-type", Small(b => b.Array("a", 13, 1, new byte[8]))),
        ("an array of arrays", "gguf-array-of-arrays", Small(b => b.Array("a", 9, 1, new byte[16]))),
        ("an array that is too long", "gguf-array-too-long", Small(b => b.Array("a", 0, (1UL << 30) + 1, new byte[16]))),
        ("an array that is longer than the file", "gguf-truncated", Small(b => b.Array("a", 10, 1UL << 30, new byte[16]))),
        ("an array of more texts than fit", "gguf-truncated", Small(b => b.Array("a", 8, 1UL << 29, new byte[16]))),
        ("a text longer than a GiB", "gguf-string-too-long", Small(b => b.Key("a", 8, o => o.Number((1UL << 30) + 1, 8)))),
        ("a text of the most bytes that can be said", "gguf-string-too-long", Small(b => b.Key("a", 8, o => o.Number(ulong.MaxValue, 8)))),
        ("a text longer than the file", "gguf-truncated", Small(b => b.Key("a", 8, o => o.Number(1UL << 30, 8)))),
        ("a text of an array longer than the file", "gguf-truncated", Small(b => b.Array("a", 8, 1, [0, 0, 0, 1, 0, 0, 0, 0]))),
        ("a boolean of two", "gguf-boolean", Small(b => b.Number("a", 7, 2))),
        ("a boolean of two in an array", "gguf-boolean", Small(b => b.Array("a", 7, 3, [0, 1, 2]))),
        ("an alignment of another type", "gguf-alignment", Small(b => b.Number("general.alignment", 10, 32))),
        ("an alignment of zero", "gguf-alignment", Small(b => b.Number("general.alignment", 4, 0))),
        ("an alignment that is no power of two", "gguf-alignment", Small(b => b.Number("general.alignment", 4, 48))),
        ("an architecture that is a number", "gguf-architecture", new GgufBuilder().Number("general.architecture", 4, 1).Build()),
        ("a tensor's name of 64 bytes", "gguf-tensor-too-long", Small(b => b.Tensor(new string('t', 64), [1], 0))),
        ("a tensor's name that is not text", "gguf-tensor-not-text", Small(b => b.Tensor("a\0b", [1], 0))),
        ("a tensor twice", "gguf-tensor-duplicate", Small(b => b.Tensor("output.weight", [1], 0))),
        ("five dimensions", "gguf-tensor-dimensions", Small(b => b.Tensor("t", [1, 1, 1, 1, 1], 0))),
        ("a dimension below zero", "gguf-tensor-shape", Small(b => b.Tensor("t", [ulong.MaxValue], 0, 4))),
        ("a product above 63 bits", "gguf-tensor-shape", Small(b => b.Tensor("t", [1UL << 32, 1UL << 31], 0, 4))),
        ("a product that comes round to a small one", "gguf-tensor-shape", Small(b => b.Tensor("t", [1UL << 32, 1UL << 32, 1], 0, 4))),
        ("more bytes than 63 bits", "gguf-tensor-shape", Small(b => b.Tensor("t", [1UL << 61], 0, 4))),
        ("a dimension of zero", "gguf-tensor-zero", Small(b => b.Tensor("t", [4, 0], 0))),
        ("a type that was withdrawn", "gguf-tensor-type", Small(b => b.Tensor("t", [32], 4, 32))),
        ("a type that was never given", "gguf-tensor-type", Small(b => b.Tensor("t", [32], 43, 32))),
        ("a type of the most that can be said", "gguf-tensor-type", Small(b => b.Tensor("t", [32], uint.MaxValue, 32))),
        ("half a block", "gguf-tensor-block", Small(b => b.Tensor("t", [16], 2, 18))),
        ("a tensor over another", "gguf-tensor-overlap", Small(b => b.Tensor("t", [8], 0, offset: 96))),
        ("a hole before a tensor", "gguf-tensor-hole", new GgufBuilder().Tensor("t", [8], 0, 64, offset: 32).Build()),
        ("a tensor off the alignment", "gguf-tensor-unaligned", new GgufBuilder().Tensor("t", [8], 0, 64, offset: 4).Build()),
        ("a tensor of more than the file has", "gguf-tensor-outside", Small(b => b.Tensor("t", [1000], 0, 32))),
        ("data that is cut", "gguf-tensor-outside", Small()[..^40]),
        ("no data at all", "gguf-tensor-outside", new GgufBuilder().Tensor("t", [8], 0, 0).Build()),
        ("something behind the last tensor", "gguf-trailing", [.. Small(), 0]),
        ("an archive behind the last tensor", "gguf-trailing", [.. Small(), .. "PK\x05\x06"u8, .. new byte[18]]),
        ("something behind a file without tensors", "gguf-trailing", [.. new GgufBuilder().Build(), .. new byte[32]]),
        ("padding that is not zero", "gguf-padding", Small(b => b.Fill = 1)),
        ("tokens that are numbers", "gguf-tokenizer-type", new GgufBuilder().Array("tokenizer.ggml.tokens", 5, 1, new byte[4]).Build()),
        ("tokens that are one text", "gguf-tokenizer-type", new GgufBuilder().Text("tokenizer.ggml.tokens", "x").Build()),
        ("scores of another type", "gguf-tokenizer-type", Tokens(b => b.Array("tokenizer.ggml.scores", 5, 2, new byte[8]))),
        ("kinds of another type", "gguf-tokenizer-type", Tokens(b => b.Array("tokenizer.ggml.token_type", 0, 2, new byte[2]))),
        ("fewer scores than tokens", "gguf-tokenizer-length", Tokens(b => b.Array("tokenizer.ggml.scores", 6, 1, new byte[4]))),
        ("more kinds than tokens", "gguf-tokenizer-length", Tokens(b => b.Array("tokenizer.ggml.token_type", 5, 3, new byte[12]))),
        ("scores and no tokens", "gguf-tokenizer-length", new GgufBuilder().Array("tokenizer.ggml.scores", 6, 2, new byte[8]).Build()),
        ("a template that is a number", "gguf-template-type", Small(b => b.Number("tokenizer.chat_template", 4, 1))),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(c => c.Case)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_malformed_is_denied_by_name(string which)
    {
        var (_, code, file) = Cases.Single(c => c.Case == which);
        Inspections.HasOnly(ModelVerdict.Deny, code, Inspections.Of("m.gguf", file));
    }

    [Fact]
    public void An_alignment_that_nobody_uses_is_not_known_to_be_harmless()
    {
        var builder = new GgufBuilder { Alignment = 1 << 17 }.Number("general.alignment", 4, 1 << 17).Tensor("t", [8], 0);
        Inspections.HasOnly(ModelVerdict.Unknown, "gguf-alignment-unusual", Inspections.Of("m.gguf", builder.Build()));
    }

    [Fact]
    public void More_keys_than_are_read_are_not_known_to_be_harmless()
    {
        byte[] file = [.. new GgufBuilder { KeyCount = 70_000 }.Build(), .. new byte[1_000_000]];
        Inspections.HasOnly(ModelVerdict.Unknown, "gguf-too-many", Inspections.Of("m.gguf", file));
    }

    [Fact]
    public void Hostile_names_are_shown_printable()
    {
        var facts = Inspections.Of("m.gguf", Small(b => b.Tensor("\x1b[2Jt", [1000], 0, 32)));
        Assert.DoesNotContain(facts.Anomalies, a => (a.Place + a.Why).Any(char.IsControl));
    }

    private static byte[] Small(Action<GgufBuilder>? change = null)
    {
        var builder = GgufBuilder.Small();
        change?.Invoke(builder);
        return builder.Build();
    }

    private static byte[] Tokens(Action<GgufBuilder> change)
    {
        var builder = new GgufBuilder().Texts("tokenizer.ggml.tokens", "a", "b");
        change(builder);
        return builder.Build();
    }
}
