using System.Formats.Tar;
using System.Text;
using Canary.Models;
using Canary.Models.Containers;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Containers;

public sealed class TarTests
{
    private static readonly byte[] Text = "nothing but words"u8.ToArray();

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void Every_form_that_dotnet_writes_is_read_without_fault(TarEntryFormat format)
    {
        string name = format == TarEntryFormat.V7 ? "model.txt" : string.Join('/', Enumerable.Repeat("folder", 14)) + "/" + new string('n', 90);
        var (facts, members) = Read(Written(format, (name, Text), ("b.txt", Text)));
        Assert.Equal("", facts.Said());
        Assert.Equal([name, "b.txt"], members.Select(m => m.Name));
        Assert.All(members, m => Assert.Equal(Text, m.Read(0, 100)));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/etc/x")]
    public void A_name_that_leaves_the_folder_is_denied(string name) => Denied("tar-path", Written(TarEntryFormat.Pax, (name, Text)));

    [Fact]
    public void A_name_that_comes_twice_is_denied() => Denied("tar-duplicate-name", Written(TarEntryFormat.Pax, ("a", Text), ("a", Text)));

    [Theory]
    [InlineData("../../etc/passwd", ModelVerdict.Deny)]
    [InlineData("other", ModelVerdict.Unknown)]
    public void A_link_is_never_passed_over(string target, ModelVerdict verdict)
    {
        using var packed = new MemoryStream();
        using (var tar = new TarWriter(packed, leaveOpen: true))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = target });
        Assert.Equal(verdict, Assert.Single(Read(packed.ToArray()).Facts.Anomalies, a => a.Code == "tar-link").Verdict);
    }

    [Fact]
    public void A_device_is_denied()
    {
        using var packed = new MemoryStream();
        using (var tar = new TarWriter(packed, leaveOpen: true))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Fifo, "pipe"));
        Denied("tar-device", packed.ToArray());
    }

    [Fact]
    public void Two_sizes_for_one_member_are_denied()
    {
        byte[] tar = Written(TarEntryFormat.Ustar, ("a", Text));
        byte[] record = Header("pax", 'x', 10);
        byte[] pax = new byte[512];
        "10 size=3\n"u8.CopyTo(pax);
        Denied("tar-sizes-differ", [.. record, .. pax, .. tar]);
    }

    [Fact]
    public void Bytes_after_the_end_are_denied() => Denied("tar-appended", [.. Written(TarEntryFormat.Ustar, ("a", Text)), .. new byte[9000], 1]);

    [Fact]
    public void A_member_that_is_longer_than_the_archive_is_denied_and_read()
    {
        var (facts, members) = Read([.. Header("a", '0', 5000), .. Text]);
        Assert.Contains("tar-broken", facts.Codes());
        Assert.Equal(Text, members[0].Read(0, 100));
    }

    [Fact]
    public void A_size_in_base_256_that_no_file_has_is_denied()
    {
        byte[] header = Header("a", '0', 0);
        header.AsSpan(124, 12).Fill(0xff);
        header[124] = 0x80;
        Denied("tar-broken", Summed(header));
    }

    [Fact]
    public void A_program_within_a_tar_within_a_zip_is_denied()
    {
        byte[] elf = new byte[100];
        "\u007fELF\x02\x01\x01"u8.CopyTo(elf);
        var facts = Inspecting.File("model.zip", new ZipWriter().Add("model.tar", Written(TarEntryFormat.Ustar, ("weights", elf)), deflate: true).Close());
        var found = Assert.Single(facts.Anomalies, a => a.Code == "archive-native-code");
        Assert.Equal("model.tar: weights", found.Place);
    }

    [Fact]
    public void Archives_within_archives_end()
    {
        byte[] inner = Text;
        for (int i = 0; i < 8; i++)
            inner = new ZipWriter().Add("inner.zip", inner).Close();
        Assert.Contains("archive-too-deep", Inspecting.File("a.zip", inner).Codes());
    }

    [Fact]
    public void No_damage_makes_the_reader_throw()
    {
        byte[] tar = Written(TarEntryFormat.Pax, (new string('n', 200), Text), ("b", Text));
        Gen.Select(Gen.Int[0, tar.Length - 1], Gen.Byte).Array[1, 8].Sample(changes =>
        {
            byte[] changed = [.. tar];
            foreach (var (at, value) in changes)
                changed[at] = value;
            for (int i = 0; i + 512 <= changed.Length; i += 512)
            {
                // The damage is to be behind the checksum, not only in front of it.
                if (changed[i + 257] == 'u')
                    Summed(changed.AsSpan(i, 512));
            }

            return Read(changed).Members.Count <= 4;
        }, iter: 20_000);
    }

    private static byte[] Header(string name, char kind, int size)
    {
        byte[] header = new byte[512];
        Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0')).CopyTo(header, 124);
        header[156] = (byte)kind;
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        return Summed(header);
    }

    private static byte[] Summed(byte[] header)
    {
        Summed(header.AsSpan());
        return header;
    }

    private static void Summed(Span<byte> header)
    {
        header.Slice(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in header)
            sum += b;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
    }

    private static byte[] Written(TarEntryFormat format, params (string Name, byte[] Bytes)[] files)
    {
        using var packed = new MemoryStream();
        using (var tar = new TarWriter(packed, format, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
                    _ => new PaxTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(bytes);
                tar.WriteEntry(entry);
            }
        }

        return packed.ToArray();
    }

    private static void Denied(string code, byte[] tar)
    {
        var facts = Read(tar).Facts;
        Assert.Contains(code, facts.Codes());
        Assert.Equal(ModelVerdict.Deny, facts.Verdict);
    }

    private static (ModelFacts Facts, IReadOnlyList<ModelBytes> Members) Read(byte[] bytes)
    {
        var facts = new ModelFacts();
        return (facts, Tar.Read(new HeldBytes("x.tar", bytes), facts, Inspecting.Inspection())) is var (f, m) ? (f, m) : default;
    }
}
