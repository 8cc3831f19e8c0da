using System.Text;
using Canary.Models;
using Canary.Tests.Models.Support;
using Xunit;
using static Canary.Tests.Models.Support.Hdf5Builder;
using static Canary.Tests.Models.Support.Hdf5Judged;

namespace Canary.Tests.Models.Formats;

/// <summary>One fault each in what files hold: texts, types, shapes and numbers.</summary>
public sealed class Hdf5ValueTests
{
    // Attributes and texts

    [Theory]
    [InlineData("                                                                                                        ", "")]
    [InlineData("\r\n\t", "\0\0\0")]
    public void A_Lambda_is_found_behind_blanks_and_before_zeros(string before, string after) =>
        Inspections.HasOnly(ModelVerdict.Deny, "keras-lambda", Judge(new Hdf5Builder().Text("model_config", before + Lambda + after)));

    [Fact]
    public void A_Lambda_in_what_is_no_JSON_is_found_by_its_words()
    {
        var facts = Judge(new Hdf5Builder().Text("model_config", Lambda[..^2] + ",,,"));
        Assert.Equal(["config-broken", "keras-lambda"], facts.Codes().Order().Distinct());
    }

    [Fact]
    public void More_text_behind_the_zero_that_ends_a_text()
    {
        var facts = Judge(new Hdf5Builder().Text("model_config", $"{Honest}\0{Lambda}"));
        Assert.Contains("hdf5-text-hidden", facts.Codes());
        Assert.Contains("keras-lambda", facts.Codes());
    }

    [Fact]
    public void Words_of_a_vocabulary_are_no_configurations() => Inspections.IsClean(Judge(new Hdf5Builder()
        .Message(AttributeMessage, AttributeOf("words", TextType(4), Shape(4), [.. "{\"a\0[{\0\0{\"\0\0[CLS"u8]))));

    [Fact]
    public void Words_of_Keras_that_no_reader_reaches_are_nobodys()
    {
        var file = new Hdf5Builder();
        file.Blob(Encoding.UTF8.GetBytes(Lambda));
        Inspections.IsClean(Judge(file.Text("model_config", Honest).Text("description", "This model has no \"Lambda\" layer")));
    }

    [Fact]
    public void Words_of_Keras_in_a_broken_file_are_found_wherever_they_are()
    {
        var file = new Hdf5Builder();
        file.Blob(Encoding.UTF8.GetBytes(Lambda));
        Assert.Contains("keras-lambda", Judge(file.Message(AttributeMessage, [9])).Codes());
    }

    [Fact]
    public void An_attribute_shorter_than_its_shape() => Broken(new Hdf5Builder().Message(AttributeMessage, AttributeOf("a", Float, Shape(8), new byte[4])), "fewer bytes");

    [Fact]
    public void A_text_in_a_collection_that_is_none()
    {
        var file = new Hdf5Builder();
        Broken(file.Message(AttributeMessage, AttributeOf("a", Varying, Scalar, Pointer(5, file.Blob(new byte[64]), 1))), "the collection of values does not begin");
    }

    [Fact]
    public void A_text_that_its_collection_has_not()
    {
        var file = new Hdf5Builder();
        Broken(file.Message(AttributeMessage, AttributeOf("a", Varying, Scalar, Pointer(5, file.Blob(Collection([.. "hello"u8])), 2))), "has no object 2");
    }

    [Fact]
    public void A_text_longer_than_what_holds_it()
    {
        var file = new Hdf5Builder();
        Broken(file.Message(AttributeMessage, AttributeOf("a", Varying, Scalar, Pointer(500, file.Blob(Collection([.. "hello"u8])), 1))), "a text of 500 bytes");
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(long.MaxValue)]
    public void A_value_longer_than_its_collection(long size)
    {
        var file = new Hdf5Builder();
        Broken(file.Message(AttributeMessage, AttributeOf("a", Varying, Scalar, Pointer(5, file.Blob(Collection([.. "hello"u8], size)), 1))), "a value is longer than its collection");
    }

    // Datatypes and dataspaces

    [Fact]
    public void A_datatype_of_an_unknown_class() => Broken(new Hdf5Builder().Message(Datatype, [0x1c, 0, 0, 0, 4, 0, 0, 0]), "class 12");

    [Fact]
    public void Datatypes_within_datatypes_without_end() => Broken(
        new Hdf5Builder().Message(Datatype, [.. Enumerable.Repeat<byte[]>([0x19, 0, 0, 0, 16, 0, 0, 0], 1000).SelectMany(b => b)]), "more than 16 deep");

    [Fact]
    public void A_member_past_the_end_of_its_datatype() => Broken(
        new Hdf5Builder().Message(Datatype, [0x36, 1, 0, 0, 4, 0, 0, 0, (byte)'a', 0, 1, .. Float]), "reaches past its end");

    [Fact]
    public void An_array_of_another_size_than_its_elements() => Broken(
        new Hdf5Builder().Message(Datatype, [0x3a, 0, 0, 0, 4, 0, 0, 0, 1, 9, 0, 0, 0, .. Float]), "not as large as its elements");

    [Fact]
    public void A_shape_with_more_elements_than_can_be_counted() => Broken(
        new Hdf5Builder().Object("d", Dataset(Shape(long.MaxValue, 4), Float, Contiguous(96, 4))), "larger than can be counted");

    [Fact]
    public void A_shape_of_33_dimensions() => Broken(
        new Hdf5Builder().Object("d", Dataset(Shape([.. Enumerable.Repeat(1L, 33)]), Float, Contiguous(96, 4))), "33 dimensions");

    [Fact]
    public void A_dimension_longer_than_it_may_become() => Broken(
        new Hdf5Builder().Object("d", Dataset([2, 1, 1, 1, .. U64(4), .. U64(2)], Float, Contiguous(96, 4))), "longer than it may become");

    // Layouts

    [Fact]
    public void Numbers_past_the_end_of_the_file() => Inspections.HasOnly(ModelVerdict.Unknown, "hdf5-outside",
        Judge(new Hdf5Builder().Object("d", Dataset(Shape(100_000), Float, Contiguous(96, 400_000)))));

    [Theory]
    [InlineData(4, ModelVerdict.Deny)]
    [InlineData(16, ModelVerdict.Unknown)]
    public void Numbers_that_are_not_as_many_as_their_shape_says(int stored, ModelVerdict verdict)
    {
        var file = new Hdf5Builder();
        Inspections.HasOnly(verdict, "hdf5-size", Judge(file.Object("d", Dataset(Shape(2), Float, Contiguous(file.Blob(new byte[16]), stored)))));
    }

    [Fact]
    public void Numbers_that_two_datasets_share()
    {
        var file = new Hdf5Builder();
        long at = file.Blob(new byte[16]);
        file.Object("a", Dataset(Shape(2), Float, Contiguous(at, 8))).Object("b", Dataset(Shape(2), Float, Contiguous(at + 8, 8)));
        Inspections.IsClean(Judge(file));
        Inspections.HasOnly(ModelVerdict.Deny, "hdf5-overlap", Judge(file.Object("c", Dataset(Shape(2), Float, Contiguous(at + 4, 8)))));
    }

    [Fact]
    public void Numbers_that_are_the_structure_of_the_file() => Inspections.HasOnly(ModelVerdict.Deny, "hdf5-overlap",
        Judge(new Hdf5Builder().Object("d", Dataset(Shape(2), Float, Contiguous(8, 8)))));

    [Fact]
    public void A_layout_of_an_unknown_class() => Broken(new Hdf5Builder().Object("d", Dataset(Shape(2), Float, [4, 9])), "class 9");

    [Fact]
    public void A_layout_of_an_unknown_version() => Broken(new Hdf5Builder().Object("d", Dataset(Shape(2), Float, [5, 2])), "version of the layout is 5");

    [Fact]
    public void An_index_of_an_unknown_kind() => Broken(
        new Hdf5Builder().Object("d", Dataset(Shape(2), Float, [4, 2, 0, 2, 1, 2, 4, 9, .. U64(96)])), "of kind 9");

    [Fact]
    public void A_chunk_without_length() => Broken(
        new Hdf5Builder().Object("d", Dataset(Shape(2), Float, [3, 2, 2, .. U64(96), .. U32(0), .. U32(4)])), "a dimension of chunks is zero");

    [Fact]
    public void Chunks_larger_than_can_be_counted() => Broken(new Hdf5Builder().Object("d", Dataset(Shape(2), Float,
        [3, 2, 4, .. U64(96), .. U32(uint.MaxValue), .. U32(uint.MaxValue), .. U32(uint.MaxValue), .. U32(4)])), "larger than can be counted");

    [Fact]
    public void A_tree_of_chunks_that_is_none()
    {
        var file = new Hdf5Builder();
        Broken(file.Object("d", Dataset(Shape(2), Float, [3, 2, 2, .. U64(file.Blob(new byte[64])), .. U32(2), .. U32(4)])), "a B-tree does not begin");
    }

    [Fact]
    public void A_tree_that_leads_into_itself()
    {
        var file = new Hdf5Builder();
        long at = file.Next;
        file.Blob([.. "TREE"u8, 1, 1, 1, 0, .. Undefined, .. Undefined, .. new byte[24], .. U64(at), .. new byte[24]]);
        Broken(file.Object("d", Dataset(Shape(2), Float, [3, 2, 2, .. U64(at), .. U32(2), .. U32(4)])), "stands twice in it");
    }

    [Fact]
    public void A_dataset_without_type() => Broken(new Hdf5Builder().Object("d", MessageOf(Layout, Contiguous(96, 4))), "no type or no shape");

    [Fact]
    public void A_virtual_dataset_with_nothing_behind_it() => Inspections.HasOnly(ModelVerdict.Unknown, "hdf5-virtual",
        Judge(new Hdf5Builder().Object("d", Dataset(Shape(2), Float, [4, 3, .. Undefined, 0, 0, 0, 0]))));

    // Filters

    [Fact]
    public void A_filter_that_is_a_library_has_its_name_said()
    {
        byte[] filters = [2, 1, .. U16(400), .. U16(5), 0, 0, 0, 0, .. "evil\0"u8];
        var file = new Hdf5Builder();
        var facts = Judge(file.Object("d", Dataset(Shape(2), Float, Contiguous(file.Blob(new byte[8]), 8), MessageOf(Filters, filters))));
        Inspections.HasOnly(ModelVerdict.Unknown, "hdf5-filter", facts);
        Assert.Contains("the filter 400 (evil)", facts.Said(), StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_without_number() => Broken(new Hdf5Builder().Message(Filters, [2, 200]), "200 filters");

    private static byte[][] Dataset(byte[] space, byte[] type, byte[] layout, params byte[][] more) =>
        [MessageOf(Dataspace, space), MessageOf(Datatype, type), MessageOf(Layout, layout), .. more];
}
