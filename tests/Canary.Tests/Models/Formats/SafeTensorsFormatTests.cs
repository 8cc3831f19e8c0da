using Canary.Models;
using Canary.Tests.Models.Support;
using Xunit;
using static Canary.Tests.Models.Support.SafeTensorsBuilder;

namespace Canary.Tests.Models.Formats;

/// <summary>Sound safetensors pass; each way in which a file is not one is named, alone.</summary>
public sealed class SafeTensorsFormatTests
{
    private static readonly (string Case, string Code, byte[] File)[] Cases =
    [
        ("an empty file", "safetensors-truncated", []),
        ("seven bytes", "safetensors-truncated", new byte[7]),
        ("a header of no bytes", "safetensors-header-start", new byte[8]),
        ("a header above the bound", "safetensors-header-length", Raw(Good, 8, 100_000_001)),
        ("a header of the most that can be said", "safetensors-header-length", Raw(Good, 8, ulong.MaxValue)),
        ("a header longer than the file", "safetensors-truncated", Raw(Good, 8, 1000)),
        ("a header that begins with a space", "safetensors-header-start", Raw(" " + Good, 8)),
        ("a header that is a list", "safetensors-header-start", Raw("[1]", 0)),
        ("a header that is not UTF-8", "safetensors-not-utf8", Raw([.. "{\"a\xff\":"u8[..3], 0xff, .. "\":1}"u8], 0)),
        ("a header that ends early", "safetensors-json", Raw(Good[..^1], 8)),
        ("a header that ends within a tensor", "safetensors-json", Raw(Good[..^2], 8)),
        ("a header that ends within a number", "safetensors-json", Raw(Good[..^4], 8)),
        ("a tensor twice", "safetensors-duplicate-key", Raw("{" + Tensor("t", "F32", "2", 0, 8) + "," + Tensor("t", "F32", "2", 0, 8) + "}", 8)),
        ("a tensor twice, once in other letters", "safetensors-duplicate-key", Raw("{" + Tensor("t", "F32", "2", 0, 8) + "," + Tensor("\\u0074", "F32", "2", 0, 8) + "}", 8)),
        ("a key of a tensor twice", "safetensors-duplicate-key", Raw("""{"t":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8)),
        ("metadata twice", "safetensors-duplicate-key", Raw("{\"__metadata__\":{},\"__metadata__\":{}}", 0)),
        ("a key of the metadata twice", "safetensors-duplicate-key", Raw("""{"__metadata__":{"a":"1","a":"2"}}""", 0)),
        ("metadata that is a number", "safetensors-json", Raw("""{"__metadata__":{"a":1}}""", 0)),
        ("metadata that is deep", "safetensors-json", Raw("""{"__metadata__":{"a":{}}}""", 0)),
        ("metadata that is nothing", "safetensors-json", Raw("""{"__metadata__":null}""", 0)),
        ("no number", "safetensors-json", Raw("""{"t":{"dtype":"F32","shape":[NaN],"data_offsets":[0,8]}}""", 8)),
        ("a fraction", "safetensors-json", Raw("""{"t":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8)),
        ("a power", "safetensors-json", Raw("""{"t":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}""", 8)),
        ("a dimension below zero", "safetensors-json", Raw("""{"t":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8)),
        ("a dimension above 63 bits", "safetensors-json", Raw("""{"t":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}""", 8)),
        ("a comment", "safetensors-json", Raw("{/**/" + Good[1..], 8)),
        ("a comma too much", "safetensors-json", Raw(Good[..^1] + ",}", 8)),
        ("half a pair of surrogates", "safetensors-json", Raw("{" + Tensor("\\ud800", "F32", "2", 0, 8) + "}", 8)),
        ("a key of half a pair of surrogates", "safetensors-json", Raw("""{"t":{"\ud800":1}}""", 0)),
        ("depth", "safetensors-json", Raw("{\"t\":{\"x\":" + new string('[', 100) + new string(']', 100) + "}}", 0)),
        ("a tensor that is a list", "safetensors-json", Raw("""{"t":[1]}""", 0)),
        ("a tensor without type", "safetensors-json", Raw("""{"t":{"shape":[2],"data_offsets":[0,8]}}""", 8)),
        ("a tensor without shape", "safetensors-json", Raw("""{"t":{"dtype":"F32","data_offsets":[0,8]}}""", 8)),
        ("a tensor without place", "safetensors-json", Raw("""{"t":{"dtype":"F32","shape":[2]}}""", 8)),
        ("a place of one number", "safetensors-json", Raw("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8)),
        ("a place of three numbers", "safetensors-json", Raw("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8)),
        ("a shape that is a number", "safetensors-json", Raw("""{"t":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8)),
        ("a line end behind the header", "safetensors-header-trailing", Raw(Good + "\n", 8)),
        ("a zero behind the header", "safetensors-header-trailing", Raw(Good + "\0", 8)),
        ("a second object", "safetensors-header-trailing", Raw(Good + "{}", 8)),
        ("a type that there is not", "safetensors-type", Raw("{" + Tensor("t", "F33", "2", 0, 8) + "}", 8)),
        ("a type in small letters", "safetensors-type", Raw("{" + Tensor("t", "f32", "2", 0, 8) + "}", 8)),
        ("an end before the beginning", "safetensors-outside", Raw("{" + Tensor("a", "F32", "2", 0, 8) + "," + Tensor("t", "F32", "2", 8, 0) + "}", 8)),
        ("an end behind the file", "safetensors-outside", Raw("{" + Tensor("t", "F32", "4", 0, 16) + "}", 8)),
        ("data that is cut", "safetensors-outside", Of(("t", "F32", [2], 8))[..^1]),
        ("a product above 63 bits", "safetensors-shape", Raw("{" + Tensor("t", "F32", "4294967296,4294967296", 0, 8) + "}", 8)),
        ("a product that comes round to a small one", "safetensors-shape", Raw("{" + Tensor("t", "F32", "9223372036854775807,9223372036854775807,2", 0, 8) + "}", 8)),
        ("half a byte", "safetensors-shape", Raw("{" + Tensor("t", "F4", "3", 0, 2) + "}", 2)),
        ("a size that is not the shape's", "safetensors-size", Raw("{" + Tensor("t", "F32", "3", 0, 8) + "}", 8)),
        ("a tensor of no elements that has bytes", "safetensors-size", Raw("{" + Tensor("t", "F32", "0", 0, 8) + "}", 8)),
        ("a hole at the beginning", "safetensors-hole", Raw("{" + Tensor("t", "F32", "2", 4, 12) + "}", 12)),
        ("a hole between", "safetensors-hole", Raw("{" + Tensor("a", "F32", "1", 0, 4) + "," + Tensor("b", "F32", "1", 8, 12) + "}", 12)),
        ("two tensors in one place", "safetensors-overlap", Raw("{" + Tensor("a", "F32", "2", 0, 8) + "," + Tensor("b", "F32", "1", 4, 8) + "}", 8)),
        ("something behind the last tensor", "safetensors-trailing", [.. Of(("t", "F32", [2], 8)), 0]),
        ("an archive behind the last tensor", "safetensors-trailing", [.. Of(("t", "F32", [2], 8)), .. "PK\x05\x06"u8, .. new byte[18]]),
    ];

    private const string Good = """{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    public static TheoryData<string> Names => [.. Cases.Select(c => c.Case)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_malformed_is_denied_by_name(string which)
    {
        var (_, code, file) = Cases.Single(c => c.Case == which);
        Inspections.HasOnly(ModelVerdict.Deny, code, Inspections.Of("model.safetensors", file));
    }

    [Fact]
    public void A_sound_file_is_allowed_and_its_tensors_are_where_they_say()
    {
        byte[] file = Of(("a", "F32", [2, 2], 16), ("b", "BF16", [3], 6), ("empty", "F16", [0, 4], 0), ("scalar", "I64", [], 8));
        var facts = Inspections.Of("model.safetensors", file);
        Inspections.IsClean(facts);
        Assert.Equal("safetensors", facts.Format);
        Assert.Equal(["a", "b", "empty", "scalar"], facts.Tensors.Select(t => t.Name));
        Assert.Equal(file.Length - 30, facts.Tensors[0].Offset);
        Assert.Equal([16L, 6, 0, 8], facts.Tensors.Select(t => t.Length));
    }

    [Fact]
    public void A_file_is_known_by_its_content_alone() => Assert.Equal("safetensors", Inspections.Of("0123abcd", Of(("t", "F32", [2], 8))).Format);

    [Fact]
    public void Tensors_may_be_listed_in_any_order() =>
        Inspections.IsClean(Inspections.Of("m.safetensors", Raw("{" + Tensor("b", "F32", "1", 4, 8) + "," + Tensor("a", "F32", "1", 0, 4) + "}", 8)));

    [Theory]
    [InlineData("F4", 4)]
    [InlineData("F6_E2M3", 6)]
    [InlineData("F6_E3M2", 6)]
    [InlineData("BOOL", 8)]
    [InlineData("U8", 8)]
    [InlineData("I8", 8)]
    [InlineData("F8_E5M2", 8)]
    [InlineData("F8_E4M3", 8)]
    [InlineData("F8_E8M0", 8)]
    [InlineData("F8_E4M3FNUZ", 8)]
    [InlineData("F8_E5M2FNUZ", 8)]
    [InlineData("I16", 16)]
    [InlineData("U16", 16)]
    [InlineData("F16", 16)]
    [InlineData("BF16", 16)]
    [InlineData("I32", 32)]
    [InlineData("U32", 32)]
    [InlineData("F32", 32)]
    [InlineData("C64", 64)]
    [InlineData("F64", 64)]
    [InlineData("I64", 64)]
    [InlineData("U64", 64)]
    public void Each_type_has_its_size(string type, int bits)
    {
        Inspections.IsClean(Inspections.Of("m.safetensors", Of(("t", type, [8, 3], bits * 3))));
        Inspections.HasOnly(ModelVerdict.Deny, "safetensors-size", Inspections.Of("m.safetensors", Of(("t", type, [8, 3], bits * 3 + 1))));
    }

    [Fact]
    public void A_key_that_readers_ignore_is_unknown() => Inspections.HasOnly(ModelVerdict.Unknown, "safetensors-extra-key",
        Inspections.Of("m.safetensors", Raw("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"code":{"a":[1]}}}""", 8)));

    [Fact]
    public void A_name_that_loaders_unpickle_is_not_known_to_be_harmless() =>
        Inspections.HasOnly(ModelVerdict.Unknown, "safetensors-misnamed", Inspections.Of("pytorch_model.bin", Of(("t", "F32", [2], 8))));

    private static string Tensor(string name, string type, string shape, long begin, long end) => $"\"{name}\":{Entry(type, shape, begin, end)}";
}
