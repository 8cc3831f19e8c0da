using System.Text;
using Canary.Models;
using Canary.Tests.Models.Support;
using Xunit;
using static Canary.Tests.Models.Support.SafeTensorsBuilder;

namespace Canary.Tests.Models.Formats;

/// <summary>An index and its files are one model only when they agree.</summary>
public sealed class SafeTensorsIndexTests
{
    private const string Sound = """{"metadata":{"total_size":20},"weight_map":{"a":"m-1.safetensors","b":"m-1.safetensors","c":"m-2.safetensors"}}""";

    private static readonly Dictionary<string, byte[]> Shards = new()
    {
        ["m-1.safetensors"] = Of(("a", "F32", [2], 8), ("b", "F32", [1], 4)),
        ["m-2.safetensors"] = Of(("c", "F32", [2], 8)),
        ["broken.safetensors"] = Of(("c", "F32", [2], 8))[..40],
    };

    [Fact]
    public void An_index_that_is_right_is_allowed_and_names_its_files()
    {
        var facts = Index(Sound);
        Inspections.IsClean(facts);
        Assert.Equal("safetensors-index", facts.Format);
        Assert.Equal(["m-1.safetensors", "m-2.safetensors"], facts.ExternalFiles);
    }

    [Fact]
    public void A_total_that_is_written_as_a_fraction_is_one() => Inspections.IsClean(Index(Sound.Replace("20", "2.0e1", StringComparison.Ordinal)));

    [Theory]
    [InlineData("../m-2.safetensors")]
    [InlineData("sub/m-2.safetensors")]
    [InlineData("..\\\\m-2.safetensors")]
    [InlineData("/etc/m-2.safetensors")]
    [InlineData("C:m-2.safetensors")]
    [InlineData("pytorch_model.bin")]
    [InlineData(".safetensors")]
    [InlineData("m\\u0000.safetensors")]
    public void A_file_elsewhere_or_of_another_kind_is_denied(string name) =>
        Inspections.HasOnly(ModelVerdict.Deny, "safetensors-index-path", Index(Sound.Replace("m-2.safetensors", name, StringComparison.Ordinal)));

    [Theory]
    [InlineData("no json", "safetensors-index-json", "{")]
    [InlineData("a list", "safetensors-index-json", "[]")]
    [InlineData("no map", "safetensors-index-json", """{"metadata":{}}""")]
    [InlineData("a map of numbers", "safetensors-index-json", """{"weight_map":{"a":1}}""")]
    [InlineData("something behind", "safetensors-index-json", """{"weight_map":{}} x""")]
    [InlineData("a total in words", "safetensors-index-json", """{"metadata":{"total_size":"20"},"weight_map":{}}""")]
    [InlineData("a tensor twice", "safetensors-index-duplicate", """{"weight_map":{"a":"m-1.safetensors","a":"m-2.safetensors"}}""")]
    [InlineData("a map twice", "safetensors-index-duplicate", """{"weight_map":{},"weight_map":{}}""")]
    [InlineData("a tensor in the wrong file", "safetensors-index-absent", """{"weight_map":{"a":"m-1.safetensors","b":"m-1.safetensors","c":"m-2.safetensors","d":"m-2.safetensors"}}""")]
    [InlineData("a file that is broken", "safetensors-index-unreadable", """{"weight_map":{"c":"broken.safetensors"}}""")]
    public void An_index_that_is_not_right_is_denied(string which, string code, string index)
    {
        Assert.NotEmpty(which);
        Inspections.HasOnly(ModelVerdict.Deny, code, Index(index));
    }

    [Theory]
    [InlineData("a file that is not there", "safetensors-index-missing", """{"weight_map":{"a":"m-9.safetensors"}}""")]
    [InlineData("a tensor that the index does not name", "safetensors-index-extra", """{"weight_map":{"a":"m-1.safetensors"}}""")]
    [InlineData("another total", "safetensors-index-size", """{"metadata":{"total_size":21},"weight_map":{"c":"m-2.safetensors"}}""")]
    public void What_loaders_do_not_mind_is_unknown(string which, string code, string index)
    {
        Assert.NotEmpty(which);
        Inspections.HasOnly(ModelVerdict.Unknown, code, Index(index));
    }

    private static ModelFacts Index(string json) => Inspections.Of("model.safetensors.index.json", Encoding.UTF8.GetBytes(json), Shards);
}
