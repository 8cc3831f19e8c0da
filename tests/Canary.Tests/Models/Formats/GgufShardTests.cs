using Canary.Models;
using Canary.Tests.Models.Support;
using Xunit;

namespace Canary.Tests.Models.Formats;

/// <summary>A model in several files is one model only when they agree.</summary>
public sealed class GgufShardTests
{
    [Fact]
    public void Files_that_agree_are_allowed_each()
    {
        var files = Model();
        Assert.All(files, f => Inspections.IsClean(Inspections.Of(f.Key, f.Value, files)));
    }

    [Fact]
    public void A_missing_file_is_unknown()
    {
        var files = Model();
        files.Remove(Named(1));
        Inspections.HasOnly(ModelVerdict.Unknown, "gguf-split-missing", Inspections.Of(Named(0), files[Named(0)], files));
    }

    [Fact]
    public void Fewer_tensors_than_said_are_denied() => Denied("gguf-split-tensors", files => files[Named(2)] = Shard(2, tensor: null));

    [Fact]
    public void The_same_tensor_in_two_files_is_denied() => Denied("gguf-split-duplicate", files => files[Named(2)] = Shard(2, tensor: "t1"));

    [Fact]
    public void A_file_of_another_model_is_denied() => Denied("gguf-split-differs", files => files[Named(2)] = Shard(2, total: 7));

    [Fact]
    public void A_file_under_the_name_of_another_is_denied() => Denied("gguf-split-differs", files => (files[Named(1)], files[Named(2)]) = (files[Named(2)], files[Named(1)]));

    [Fact]
    public void A_file_that_cannot_be_read_is_denied() => Denied("gguf-split-unreadable", files => files[Named(1)] = "GGUF and no more"u8.ToArray());

    [Fact]
    public void A_file_that_is_something_else_is_denied() => Denied("gguf-split-unreadable", files => files[Named(1)] = "cos\nsystem\n"u8.ToArray());

    [Theory]
    [InlineData("m-00002-of-00003.gguf")]
    [InlineData("m-00001-of-00004.gguf")]
    public void A_name_that_says_another_number_is_denied(string name) =>
        Inspections.HasOnly(ModelVerdict.Deny, "gguf-split-number", Inspections.Of(name, Shard(0), Model()));

    [Fact]
    public void A_name_without_a_number_is_unknown() =>
        Inspections.HasOnly(ModelVerdict.Unknown, "gguf-split-name", Inspections.Of("sha256-00ff", Shard(0), Model()));

    [Fact]
    public void A_number_beyond_the_count_is_denied() =>
        Inspections.HasOnly(ModelVerdict.Deny, "gguf-split-number", Inspections.Of(Named(3), Shard(3), Model()));

    [Fact]
    public void Keys_of_another_type_are_denied() => Inspections.HasOnly(ModelVerdict.Deny, "gguf-split-keys",
        Inspections.Of(Named(0), new GgufBuilder().Number("split.no", 4, 0).Number("split.count", 2, 3).Number("split.tensors.count", 5, 0).Build()));

    [Fact]
    public void More_files_than_are_read_are_unknown() => Inspections.HasOnly(ModelVerdict.Unknown, "gguf-split-too-many",
        Inspections.Of("m-00001-of-01001.gguf", Shard(0, count: 1001)));

    private static void Denied(string code, Action<Dictionary<string, byte[]>> change)
    {
        var files = Model();
        change(files);
        Inspections.HasOnly(ModelVerdict.Deny, code, Inspections.Of(Named(0), files[Named(0)], files));
    }

    private static Dictionary<string, byte[]> Model() => Enumerable.Range(0, 3).ToDictionary(Named, i => Shard(i));

    private static string Named(int no) => $"m-0000{no + 1}-of-00003.gguf";

    private static byte[] Shard(int no, string? tensor = "", int count = 3, int total = 3)
    {
        var builder = new GgufBuilder().Number("split.no", 2, (ulong)no).Number("split.count", 2, (ulong)count).Number("split.tensors.count", 5, (ulong)total);
        return (tensor is null ? builder : builder.Tensor(tensor.Length == 0 ? $"t{no}" : tensor, [8], 0)).Build();
    }
}
