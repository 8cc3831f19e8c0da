using System.Text;
using Canary.Models;
using Canary.Tests.Models.Support;
using Xunit;
using static Canary.Tests.Models.Support.Hdf5Builder;
using static Canary.Tests.Models.Support.Hdf5Judged;

namespace Canary.Tests.Models.Formats;

/// <summary>One fault each in the structure of files that are sound otherwise.</summary>
public sealed class Hdf5MalformedTests
{
    private const string Old = "allow/whole-vlen-old.h5", New = "allow/whole-fixed-new.h5", Dense = "allow/dense-attributes-new.h5";

    private static readonly byte[] EmptyHeader = Header();

    [Fact]
    public void The_smallest_file_is_allowed() => Inspections.IsClean(Judge(new Hdf5Builder().Text("model_config", Honest)));

    // Superblock

    [Fact]
    public void A_superblock_of_an_unknown_version() => Broken(Hdf5Corpus.Changed(Old, "HDF"u8, (7, [9])), "the version of the superblock is 9");

    [Fact]
    public void Addresses_of_three_bytes() => Broken(Hdf5Corpus.Changed(Old, "HDF"u8, (12, [3])), "addresses of 3 bytes");

    [Fact]
    public void A_superblock_with_a_wrong_sum() => Broken(Hdf5Corpus.Changed(New, "HDF"u8, (27, [1])), "the checksum of the superblock");

    [Fact]
    public void A_root_outside_of_the_file() => Broken(Hdf5Corpus.Changed(Old, "HDF"u8, (63, U64(1 << 30))), "the object header reaches past the end");

    [Fact]
    public void A_base_address_that_is_not_where_the_superblock_is() =>
        Assert.Contains("hdf5-base-address", Judge(Hdf5Corpus.Changed(Old, "HDF"u8, (23, U64(8)))).Codes());

    [Fact]
    public void A_driver_that_joins_files() => Assert.Contains("hdf5-driver", Judge(Hdf5Corpus.Changed(Old, "HDF"u8, (47, U64(512)))).Codes());

    [Fact]
    public void Bytes_behind_the_end()
    {
        byte[] sound = Hdf5Corpus.Cases[Old];
        Inspections.IsClean(Judge([.. sound, .. new byte[70_000]]));
        Inspections.HasOnly(ModelVerdict.Unknown, "hdf5-trailing", Judge([.. sound, .. new byte[70_000], 1]));
    }

    [Fact]
    public void Bytes_before_the_superblock_are_judged_by_their_own_reader()
    {
        byte[] sound = Hdf5Corpus.Cases["allow/user-block.h5"];
        Inspections.HasOnly(ModelVerdict.Unknown, "hdf5-user-block", Judge([1, .. sound[1..]]));
        byte[] pickle = [.. "cos\nsystem\n(S'inert'\ntR."u8];
        var facts = Judge([.. pickle, .. sound[pickle.Length..]]);
        Assert.Equal("hdf5", facts.Format);
        Assert.Equal(ModelVerdict.Deny, facts.Verdict);
        Assert.Contains(facts.Imports, i => i.Qualified.EndsWith(".system", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_of_another_format_that_has_an_HDF5_file_in_it_is_not_one()
    {
        byte[] tensor = [.. Hdf5Corpus.Cases["allow/links-old.h5"], 0];
        string header = $$$"""{"a":{"dtype":"U8","shape":[{{{tensor.Length}}}],"data_offsets":[0,{{{tensor.Length}}}]}}""".PadRight(504);
        byte[] file = [.. U64(504), .. Encoding.UTF8.GetBytes(header), .. tensor];
        var named = Inspections.Of("m.safetensors", file);
        Assert.Equal("safetensors", named.Format);
        Inspections.IsClean(named);
        var other = Inspections.Of("m.h5", file);
        Assert.Equal("hdf5", other.Format);
        Assert.Contains("hdf5-user-block", other.Codes());
    }

    // Object headers and messages

    [Fact]
    public void An_object_header_with_a_wrong_sum() => Broken(Hdf5Corpus.Changed(New, "OHDR"u8, (9, [77])), "the checksum of the object header");

    [Fact]
    public void A_header_that_is_continued_by_itself()
    {
        var file = new Hdf5Builder();
        long at = file.Next;
        file.Blob(MessageOf(Continuation, [.. U64(at), .. U64(24)]));
        Broken(file.Message(Continuation, [.. U64(at), .. U64(24)]), "continued twice");
    }

    [Fact]
    public void A_message_longer_than_its_header()
    {
        byte[] file = new Hdf5Builder().Message(0, new byte[8]).Build();
        file[^14] = 64;
        Broken(file, "64 bytes are needed here");
    }

    [Fact]
    public void A_message_of_an_unknown_kind() => Inspections.HasOnly(ModelVerdict.Unknown, "hdf5-message", Judge(new Hdf5Builder().Message(77, [1])));

    [Fact]
    public void A_message_that_is_shared_and_nowhere() => Broken(new Hdf5Builder().Message(AttributeMessage, [3, 1, 1, 2, 3, 4, 5, 6, 7, 8], flags: 2), "has no table of such messages");

    [Fact]
    public void A_shared_type_that_is_shared_with_itself()
    {
        var file = new Hdf5Builder();
        long at = file.Next;
        byte[] shared = MessageOf(Datatype, [3, 2, .. U64(at)], flags: 2);
        Broken(file.Object("t", shared), "not where it is said to be");
    }

    [Fact]
    public void One_broken_object_does_not_hide_another() =>
        Assert.Contains("keras-lambda", Judge(new Hdf5Builder().Message(AttributeMessage, [9]).Object("x", MessageOf(Layout, [9])).Text("model_config", Lambda)).Codes());

    // Links

    [Theory]
    [InlineData("C:\\models\\x.h5", ModelVerdict.Deny)]
    [InlineData("\\\\host\\share\\x.h5", ModelVerdict.Deny)]
    [InlineData("https://example.org/x.h5", ModelVerdict.Deny)]
    [InlineData("a/../../x.h5", ModelVerdict.Deny)]
    [InlineData("sub/x.h5", ModelVerdict.Unknown)]
    public void A_link_into_another_file_is_judged_by_its_path(string other, ModelVerdict verdict) =>
        Inspections.HasOnly(verdict, "hdf5-external-link", Judge(new Hdf5Builder().Message(Link, ExternalLink("x", other))));

    [Fact]
    public void A_link_of_a_kind_that_a_program_defines() => Inspections.HasOnly(ModelVerdict.Unknown, "hdf5-user-link",
        Judge(new Hdf5Builder().Message(Link, TypedLink("x", 70, [1, 2, 3]))));

    [Fact]
    public void A_link_that_leads_nowhere() => Broken(new Hdf5Builder().Message(Link, HardLink("x", -1)), "a link leads nowhere");

    [Fact]
    public void A_soft_link_stays_in_the_file() => Inspections.IsClean(Judge(new Hdf5Builder().Message(Link, TypedLink("x", 1, [.. "/../../etc/passwd"u8]))));

    [Fact]
    public void Links_in_a_circle_end()
    {
        var file = new Hdf5Builder();
        long first = file.Next, second = first + Header(MessageOf(Link, HardLink("b", 0))).Length;
        file.Blob(Header(MessageOf(Link, HardLink("b", second))));
        file.Blob(Header(MessageOf(Link, HardLink("a", first))));
        Inspections.IsClean(Judge(file.Message(Link, HardLink("a", first))));
    }

    [Fact]
    public void An_entry_of_an_unknown_kind() => Broken(Hdf5Corpus.Changed(Old, "SNOD"u8, (24, [7])), "an entry of a group");

    [Fact]
    public void A_name_outside_of_its_heap() => Broken(Hdf5Corpus.Changed(Old, "SNOD"u8, (8, U64(1 << 20))), "a name lies outside");

    [Fact]
    public void A_heap_of_names_past_the_end() => Broken(Hdf5Corpus.Changed(Old, "HEAP"u8, (8, U64(1 << 30))), "the heap of names reaches past");

    [Fact]
    public void A_tree_of_groups_of_another_type() => Broken(Hdf5Corpus.Changed(Old, "TREE"u8, (4, [1])), "is of type 1");

    // Heaps and trees of newer files

    [Fact]
    public void A_heap_with_a_wrong_sum() => Broken(Hdf5Corpus.Changed(Dense, "FRHP"u8, (14, [1])), "the checksum of the heap");

    [Fact]
    public void A_heap_whose_table_has_no_width() => Broken(Hdf5Corpus.Resummed(Dense, "FRHP"u8, (110, U16(0))), "sizes that no table has");

    [Fact]
    public void A_heap_whose_table_is_endless() => Broken(Hdf5Corpus.Resummed(Dense, "FRHP"u8, (110, U16(65535))), "sizes that no table has");

    [Fact]
    public void A_tree_deeper_than_any() => Broken(Hdf5Corpus.Resummed(Dense, "BTHD"u8, (12, U16(999))), "larger or deeper than any");

    [Fact]
    public void A_tree_whose_nodes_hold_no_record() => Broken(Hdf5Corpus.Resummed(Dense, "BTHD"u8, (6, U32(12))), "too small for its records");

    [Fact]
    public void A_tree_of_another_type() => Broken(Hdf5Corpus.Resummed(Dense, "BTHD"u8, (5, [10])), "of type 10");

    [Fact]
    public void A_node_with_more_records_than_fit() => Broken(Hdf5Corpus.Resummed(Dense, "BTHD"u8, (24, U16(60_000))), "more records than fit");

    [Fact]
    public void An_identifier_outside_of_its_heap() => Broken(Hdf5Corpus.Resummed(Dense, "BTLF"u8, (7, [255, 255, 255])), "outside of its heap");

    [Fact]
    public void An_identifier_of_an_unknown_kind() => Broken(Hdf5Corpus.Resummed(Dense, "BTLF"u8, (6, [0x30])), "the kind of an identifier");

    // Bounds

    [Fact]
    public void More_objects_than_are_read()
    {
        var file = new Hdf5Builder();
        for (int i = 0; i <= 50_000; i++)
            file.Message(Link, HardLink("x", file.Blob(EmptyHeader)));
        Assert.Contains("hdf5-too-many", Judge(file).Codes());
    }

    [Fact]
    public void A_file_of_nothing_but_faults_is_given_up_soon()
    {
        var file = new Hdf5Builder();
        for (int i = 0; i < 40_000; i++)
            file.Message(Link, HardLink("x", file.Blob(0)));
        var facts = Judge(file);
        Assert.Equal(ModelVerdict.Unknown, facts.Verdict);
        Assert.InRange(facts.Anomalies.Count, 1, 20);
    }
}
