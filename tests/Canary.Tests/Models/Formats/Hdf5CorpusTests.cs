using Canary.Models;
using Canary.Tests.Models.Containers;
using Canary.Tests.Models.Support;
using Xunit;

namespace Canary.Tests.Models.Formats;

/// <summary>What the real libhdf5 wrote, of every version and with every feature, is judged by what is in it.</summary>
public sealed class Hdf5CorpusTests
{
    public static TheoryData<string> Paths => [.. Hdf5Corpus.Cases.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_file_is_what_its_folder_says(string path)
    {
        var facts = Inspections.Of(path[(path.LastIndexOf('/') + 1)..], Hdf5Corpus.Cases[path]);
        Assert.Equal("hdf5", facts.Format);
        if (path.StartsWith("allow/", StringComparison.Ordinal))
            Inspections.IsClean(facts);
        else
            Assert.Equal(path[..path.IndexOf('/')], facts.Verdict.Word());
        Assert.Equal(path.Contains("/lambda-", StringComparison.Ordinal), facts.Codes().Contains("keras-lambda"));
    }

    [Theory]
    [InlineData("deny/external-link-absolute-old.h5", "hdf5-external-link", "/etc/passwd")]
    [InlineData("deny/external-link-above-new.h5", "hdf5-external-link", "../other.h5")]
    [InlineData("deny/external-storage-absolute-old.h5", "hdf5-external-storage", "/etc/passwd")]
    [InlineData("deny/external-storage-above-new.h5", "hdf5-external-storage", "../../secret")]
    [InlineData("unknown/external-link-beside-new.h5", "hdf5-external-link", "beside.h5")]
    [InlineData("unknown/external-storage-beside-old.h5", "hdf5-external-storage", "beside.bin")]
    [InlineData("deny/virtual-absolute.h5", "hdf5-virtual", "/home/user/other.h5")]
    [InlineData("unknown/virtual-beside.h5", "hdf5-virtual", "too.h5")]
    public void Other_files_are_named(string path, string code, string other)
    {
        var facts = Inspections.Of("m.h5", Hdf5Corpus.Cases[path]);
        Assert.Contains(facts.Anomalies, a => a.Code == code && a.Verdict == facts.Verdict && a.Why.EndsWith(other, StringComparison.Ordinal) && a.Place.StartsWith("offset ", StringComparison.Ordinal));
        Assert.Contains(other, facts.ExternalFiles);
    }

    [Theory]
    [InlineData("unknown/foreign-filter-old.h5", "hdf5-filter")]
    [InlineData("unknown/foreign-filter-new.h5", "hdf5-filter")]
    [InlineData("unknown/bomb-old.h5", "hdf5-bomb")]
    [InlineData("unknown/bomb-new.h5", "hdf5-bomb")]
    [InlineData("unknown/packed-heap.h5", "hdf5-not-read")]
    [InlineData("unknown/cache-image.h5", "hdf5-cache-image")]
    public void What_makes_a_file_unknown_is_said(string path, string code) =>
        Assert.Contains(code, Inspections.Of("m.h5", Hdf5Corpus.Cases[path]).Codes());

    [Theory]
    [InlineData("deny/lambda-everywhere-old.h5", 7)]
    [InlineData("deny/lambda-everywhere-new.h5", 7)]
    [InlineData("deny/lambda-last-of-many-old.h5", 2)]
    [InlineData("deny/lambda-last-of-many-new.h5", 2)]
    [InlineData("deny/lambda-text-datasets-new.h5", 3)]
    public void The_last_entry_of_every_index_is_reached(string path, int places) =>
        Assert.Equal(places, Inspections.Of("m.h5", Hdf5Corpus.Cases[path]).Anomalies.Count(a => a.Place == "Lambda x"));

    [Fact]
    public void Tensors_have_their_path_type_shape_and_place()
    {
        byte[] file = Hdf5Corpus.Cases["allow/whole-vlen-old.h5"];
        var facts = Inspections.Of("m.h5", file);
        var kernel = Assert.Single(facts.Tensors, t => t.Name == "/model_weights/dense_1/dense_1/kernel:0");
        Assert.Equal(("float32", "4,4", 64), (kernel.Type, string.Join(',', kernel.Shape), kernel.Length));
        Assert.Equal(Enumerable.Range(0, 16).Select(i => (float)i), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(file.AsSpan((int)kernel.Offset, 64)).ToArray());
        Assert.Equal(41, Inspections.Of("m.weights.h5", Hdf5Corpus.Cases["allow/weights-new.weights.h5"]).Tensors.Count);
    }

    [Theory]
    [InlineData("allow/weights-old.weights.h5", ModelVerdict.Allow)]
    [InlineData("allow/weights-new.weights.h5", ModelVerdict.Allow)]
    [InlineData("deny/external-storage-absolute-new.h5", ModelVerdict.Deny)]
    [InlineData("deny/lambda-vlen-new.h5", ModelVerdict.Deny)]
    [InlineData("unknown/external-link-beside-new.h5", ModelVerdict.Unknown)]
    public void Weights_in_a_zip_of_Keras_are_judged_alike(string path, ModelVerdict verdict)
    {
        var facts = Inspections.Of("m.keras", new ZipWriter().Add("metadata.json", "{}"u8.ToArray())
            .Add("config.json", """{"class_name": "Sequential", "config": {"name": "m", "layers": []}}"""u8.ToArray())
            .Add("model.weights.h5", Hdf5Corpus.Cases[path]).Close());
        Assert.Equal("keras", facts.Format);
        Assert.Equal(verdict, facts.Verdict);
        Assert.All(facts.Anomalies, a => Assert.StartsWith("model.weights.h5", a.Place, StringComparison.Ordinal));
    }

    [Fact]
    public void A_cancelled_inspection_ends() => Assert.Throws<OperationCanceledException>(() =>
        Inspections.Of("m.h5", Hdf5Corpus.Cases["allow/many-old.h5"], cancel: new CancellationToken(canceled: true)));
}
