using System.IO.Compression;
using System.Text;
using Canary.Models;
using Canary.Models.Containers;
using CsCheck;
using Xunit;
using static Canary.Tests.Models.Containers.ZipWriter;

namespace Canary.Tests.Models.Containers;

public sealed class RelaxedZipTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes("nothing but words, nothing but words, nothing but words");

    [Fact]
    public void An_archive_that_dotnet_writes_has_no_fault()
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in (string[])["a.txt", "folder/b.txt", "folder/"])
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(name.EndsWith('/') ? [] : Text);
            }
        }

        Clean(packed.ToArray(), "a.txt", "folder/b.txt");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Stored_and_deflated_members_with_sizes_before_or_after_them_have_no_fault(bool deflate, bool follows) =>
        Clean(new ZipWriter().Add(new Part("a", Text) { Deflate = deflate, Flags = follows ? 8 : 0 }).Add("b", Text).Close(), "a", "b");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_zip64_archive_as_PyTorch_writes_it_has_no_fault(bool narrow) =>
        // PyTorch's writer puts the zip64 records behind every archive, with the true numbers in the narrow one, and aligns by an extra field.
        Clean(new ZipWriter { Zip64 = true, NarrowCount = narrow ? 2 : null }
            .Add(new Part("archive/data.txt", Text) { Extra = [0x46, 0x42, 4, 0, 0x5a, 0x5a, 0x5a, 0x5a], Flags = 8 }).Add(new Part("archive/version", Text) { Wide = true }).Close(),
            "archive/data.txt", "archive/version");

    [Fact]
    public void Every_layout_of_a_data_descriptor_is_known()
    {
        byte[] size = BitConverter.GetBytes(Text.Length), wide = BitConverter.GetBytes(Text.LongLength);
        foreach (byte[] layout in (byte[][])[[1, 2, 3, 4, .. size, .. size], [.. "PK\x07\x08"u8, 1, 2, 3, 4, .. wide, .. wide], [1, 2, 3, 4, .. wide, .. wide]])
            Clean(new ZipWriter().Add(new Part("a", Text) { Flags = 8, Descriptor = layout }).Add("b", Text).Close(), "a", "b");
    }

    [Fact]
    public void A_name_that_differs_in_the_local_header_is_denied() =>
        Denied("zip-names-differ", new ZipWriter().Add(new Part("good.txt", Text) { LocalName = "data.pkl" }));

    [Fact]
    public void A_name_of_other_bytes_that_decodes_alike_still_differs() =>
        Denied("zip-names-differ", new ZipWriter().Add(new Part("good", Text) { LocalName = "Good" }));

    [Fact]
    public void A_second_name_in_the_extra_field_is_denied()
    {
        byte[] zip = new ZipWriter().Add(new Part("good", Text) { Wide = true }).Close();
        // The block for large sizes becomes one for a Unicode path; its sizes are then those of the header.
        int entry = zip.AsSpan().IndexOf("PK\x01\x02"u8);
        zip[entry + 46 + 4] = 0x75;
        zip[entry + 46 + 5] = 0x70;
        Assert.Contains("zip-names-differ", Read(zip).Facts.Codes());
    }

    [Fact]
    public void A_method_that_differs_in_the_local_header_is_denied() => Denied("zip-methods-differ", new ZipWriter().Add(new Part("a", Text) { LocalMethod = 8 }));

    [Fact]
    public void Flags_that_differ_in_the_local_header_are_denied() => Denied("zip-flags-differ", new ZipWriter().Add(new Part("a", Text) { LocalFlags = 0x800 }));

    [Theory]
    [InlineData(0x1)]
    [InlineData(0x20)]
    [InlineData(0x40)]
    public void A_member_that_says_it_is_encrypted_is_denied_and_read_all_the_same(int flags)
    {
        var (facts, bodies) = Read(new ZipWriter().Add(new Part("data.pkl", Text) { Flags = flags, Deflate = true }).Close());
        Assert.Contains("zip-encrypted", facts.Codes());
        Assert.Equal(Text, bodies["data.pkl"]);
    }

    [Fact]
    public void A_size_that_differs_in_the_local_header_is_denied() => Denied("zip-sizes-differ", new ZipWriter().Add(new Part("a", Text) { LocalSize = 7 }));

    [Fact]
    public void A_size_that_differs_in_the_descriptor_is_denied() =>
        Denied("zip-sizes-differ", new ZipWriter().Add(new Part("a", Text) { Flags = 8, Descriptor = [.. "PK\x07\x08"u8, 0, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0] }));

    [Fact]
    public void A_deflated_member_that_is_longer_than_it_says_is_denied_and_read_to_its_end()
    {
        var (facts, bodies) = Read(new ZipWriter().Add(new Part("a", Text) { Deflate = true, Size = 4, LocalSize = 4 }).Close());
        Assert.Contains("zip-sizes-differ", facts.Codes());
        Assert.Equal(Text, bodies["a"]);
    }

    [Fact]
    public void A_wrong_checksum_hides_nothing()
    {
        // The writer's checksums are all wrong: PyTorch does not look, and a scanner that stops there sees nothing.
        var (facts, bodies) = Read(new ZipWriter().Add("a", Text, deflate: true).Close());
        Assert.Equal(ModelVerdict.Allow, facts.Verdict);
        Assert.Equal(Text, bodies["a"]);
    }

    [Fact]
    public void Bytes_before_the_archive_are_denied_and_its_members_still_found()
    {
        var (facts, bodies) = Read([.. "\x80\x04."u8, .. new ZipWriter().Add("a", Text).Close()]);
        Assert.Contains("zip-prepended", facts.Codes());
        Assert.Equal(Text, bodies["a"]);
    }

    [Fact]
    public void Bytes_after_the_archive_are_denied_and_its_members_still_found()
    {
        var (facts, bodies) = Read([.. new ZipWriter().Add("a", Text).Close(), 1, 2, 3]);
        Assert.Contains("zip-appended", facts.Codes());
        Assert.Equal(Text, bodies["a"]);
    }

    [Fact]
    public void A_comment_is_not_passed_over() => Assert.Contains("zip-comment", Read(new ZipWriter { Comment = "hello" }.Add("a", Text).Close()).Facts.Codes());

    [Fact]
    public void An_end_within_the_comment_of_another_end_is_denied()
    {
        byte[] inner = new ZipWriter().Add("b", Text).Close()[^22..];
        byte[] outer = new ZipWriter().Add("a", Text).Close();
        outer[^2] = (byte)inner.Length;
        Assert.Contains("zip-two-ends", Read([.. outer, .. inner]).Facts.Codes());
    }

    [Fact]
    public void An_archive_that_is_stored_last_within_another_is_no_second_end() =>
        Clean(new ZipWriter().Add("inner.zip", new ZipWriter().Add("b", Text).Close()).Close(), "inner.zip");

    [Fact]
    public void End_records_that_disagree_are_denied() => Denied("zip-ends-differ", new ZipWriter { Zip64 = true, NarrowCount = 3 }.Add("a", Text));

    [Fact]
    public void A_count_that_is_not_that_of_the_entries_is_denied() => Denied("zip-count", new ZipWriter { Count = 2 }.Add("a", Text));

    [Fact]
    public void A_directory_that_is_not_where_the_end_says_is_denied() => Denied("zip-broken", new ZipWriter { DirectoryShift = 5 }.Add("a", Text));

    [Fact]
    public void A_member_that_only_a_stream_sees_is_denied_and_read()
    {
        var (facts, bodies) = Read(new ZipWriter().Add("a", Text).Add(new Part("data.pkl", Text) { Listed = false }).Add("b", Text).Close());
        Assert.Contains("zip-hidden-member", facts.Codes());
        Assert.Equal(Text, bodies["data.pkl"]);
    }

    [Fact]
    public void Bytes_between_members_are_not_passed_over()
    {
        var facts = Read(new ZipWriter().Add("a", Text).Raw([1, 2, 3, 4]).Add("b", Text).Close()).Facts;
        Assert.Equal(["zip-gap"], facts.Codes());
        Assert.Equal(ModelVerdict.Unknown, facts.Verdict);
    }

    [Fact]
    public void Members_that_share_bytes_are_denied_and_unpacked_once()
    {
        var (facts, bodies) = Read(new ZipWriter().Add("a", Text).Add(new Part("b", Text) { Offset = 0, LocalName = "a" }).Close());
        Assert.Contains("zip-overlap", facts.Codes());
        Assert.Equal(["a"], bodies.Keys);
    }

    [Theory]
    [InlineData("data.pkl")]
    [InlineData("DATA.pkl")]
    public void A_name_that_comes_twice_is_denied(string again) => Denied("zip-duplicate-name", new ZipWriter().Add("data.pkl", Text).Add(again, Text));

    [Theory]
    [InlineData("/etc/cron.d/x")]
    [InlineData("a/../../x")]
    [InlineData("..\\x")]
    [InlineData("C:x")]
    [InlineData("a\0b")]
    [InlineData("")]
    public void A_name_that_leaves_the_folder_is_denied(string name) => Denied("zip-path", new ZipWriter().Add(name, Text));

    [Fact]
    public void Dots_within_a_name_leave_no_folder() => Clean(new ZipWriter().Add("a..b/...c", Text).Close(), "a..b/...c");

    [Fact]
    public void A_method_that_is_not_unpacked_is_unknown()
    {
        var (facts, bodies) = Read(new ZipWriter().Add(new Part("a", Text) { Method = 12 }).Close());
        Assert.Equal(["zip-method"], facts.Codes());
        Assert.Empty(bodies);
    }

    [Fact]
    public void A_member_that_could_not_become_so_large_is_denied() =>
        Denied("zip-bomb", new ZipWriter().Add(new Part("a", Text) { Deflate = true, Size = 1 << 30, LocalSize = 1 << 30 }));

    [Fact]
    public void A_member_that_is_too_large_is_read_in_part_and_that_is_said()
    {
        var (facts, bodies) = Read(new ZipWriter().Add("a", new byte[Unpacking.MostMemberBytes + 1], deflate: true).Close());
        Assert.Equal(["zip-member-too-large"], facts.Codes());
        Assert.Equal(Unpacking.MostMemberBytes, bodies["a"].Length);
    }

    [Fact]
    public void Damaged_bytes_are_denied_and_what_came_before_is_read()
    {
        byte[] random = new byte[200_000];
        new Random(1).NextBytes(random);
        byte[] zip = new ZipWriter().Add("a", random, deflate: true).Close();
        zip.AsSpan(150_000, 20_000).Fill(0xff);
        var (facts, bodies) = Read(zip);
        Assert.Contains("zip-broken", facts.Codes());
        Assert.Equal(random[..50_000], bodies["a"][..50_000]);
    }

    [Fact]
    public void An_archive_without_directory_is_denied_and_its_members_read()
    {
        byte[] zip = new ZipWriter().Add("a", Text).Add("b", Text, deflate: true).Close();
        var (facts, bodies) = Read(zip[..zip.AsSpan().IndexOf("PK\x01\x02"u8)]);
        Assert.Contains("zip-no-directory", facts.Codes());
        Assert.Equal(Text, bodies["a"]);
        Assert.Equal(Text, bodies["b"]);
    }

    [Fact]
    public void No_damage_makes_the_reader_throw_or_lets_it_go_on_for_long()
    {
        byte[] zip = new ZipWriter { Zip64 = true, Comment = "c" }.Add(new Part("a", Text) { Flags = 8, Deflate = true }).Add(new Part("b", Text) { Wide = true })
            .Add(new Part("c", Text) { Listed = false }).Add("d/e", Text).Close();
        Gen.Select(Gen.Int[0, zip.Length - 1], Gen.Byte).Array[1, 8].Sample(changes =>
        {
            byte[] changed = [.. zip];
            foreach (var (at, value) in changes)
                changed[at] = value;
            return Read(changed).Bodies.Count <= 20;
        }, iter: 20_000);
        Gen.Byte.Array[0, 200].Sample(noise => Read([.. "PK\x03\x04"u8, .. noise, .. zip[^60..]]).Facts.Verdict == ModelVerdict.Deny, iter: 5_000);
    }

    private static void Clean(byte[] zip, params string[] members)
    {
        var (facts, bodies) = Read(zip);
        Assert.Equal("", facts.Said());
        Assert.Equal(members.Order(StringComparer.Ordinal), bodies.Keys.Order(StringComparer.Ordinal));
    }

    private static void Denied(string code, ZipWriter zip)
    {
        var facts = Read(zip.Close()).Facts;
        Assert.Contains(code, facts.Codes());
        Assert.Equal(ModelVerdict.Deny, facts.Anomalies.First(a => a.Code == code).Verdict);
    }

    private static (ModelFacts Facts, Dictionary<string, byte[]> Bodies) Read(byte[] bytes)
    {
        var facts = new ModelFacts();
        var zip = RelaxedZip.Read(new HeldBytes("x.zip", bytes), facts, Inspecting.Inspection());
        var bodies = new Dictionary<string, byte[]>();
        foreach (var member in zip.Members.Where(m => !m.IsFolder))
        {
            if (zip.Open(member) is { } body)
                bodies.TryAdd(member.Name, body.Read(0, int.MaxValue));
        }

        return (facts, bodies);
    }
}
