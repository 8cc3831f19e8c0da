using System.Formats.Tar;
using System.IO.Compression;
using Canary.Models;
using Canary.Models.Formats;
using Canary.Tests.Models.Pickles;
using Xunit;

namespace Canary.Tests.Models.Formats;

public sealed class TarFormatTests
{
    private static readonly byte[] Evil = PickleCorpus.Cases["malicious/extension/p0.bin"];

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void Every_member_of_every_kind_of_tar_is_inspected(TarEntryFormat format)
    {
        string name = format == TarEntryFormat.V7 ? "readme" : new string('d', 90) + "/" + new string('n', 90);
        byte[] tar = Tar(format, (name, TarEntryType.RegularFile, Evil, null), ("last", TarEntryType.RegularFile, [1], null));
        var facts = PickleCorpus.InspectBytes("m.tar", tar);
        Assert.Equal("tar", facts.Format);
        var import = Assert.Single(facts.Imports);
        Assert.Equal("os.system", import.Qualified);
        Assert.StartsWith(name, import.Place, StringComparison.Ordinal);
        Assert.Empty(facts.Anomalies);
    }

    [Theory]
    [InlineData("../up", TarEntryType.RegularFile, "tar-path")]
    [InlineData("/etc/profile", TarEntryType.RegularFile, "tar-path")]
    [InlineData("a/../../b", TarEntryType.RegularFile, "tar-path")]
    [InlineData("link", TarEntryType.SymbolicLink, "tar-not-a-file")]
    [InlineData("hard", TarEntryType.HardLink, "tar-not-a-file")]
    [InlineData("a..b/c", TarEntryType.RegularFile, null)]
    [InlineData("folder/", TarEntryType.Directory, null)]
    public void Links_and_paths_that_lead_out_are_denied(string name, TarEntryType type, string? code)
    {
        var facts = PickleCorpus.InspectBytes("m.tar", Tar(TarEntryFormat.Ustar, (name, type, [], type is TarEntryType.SymbolicLink or TarEntryType.HardLink ? "/etc/shadow" : null)));
        Assert.Equal(code, facts.Anomalies.SingleOrDefault()?.Code);
    }

    [Fact]
    public void A_damaged_tar_is_denied_and_what_lies_before_the_damage_is_said()
    {
        byte[] tar = Tar(TarEntryFormat.Ustar, ("a", TarEntryType.RegularFile, Evil, null), ("b", TarEntryType.RegularFile, new byte[2000], null));
        var facts = PickleCorpus.InspectBytes("m.tar", tar[..2000]);
        Assert.Contains(facts.Anomalies, a => a is { Code: "tar-broken", Verdict: ModelVerdict.Deny });
        Assert.Contains(facts.Imports, i => i.Qualified == "os.system");
    }

    [Fact]
    public void What_a_stream_of_gzip_holds_is_inspected_and_a_bomb_is_not_unpacked_whole()
    {
        Assert.Contains(PickleCorpus.InspectBytes("m.gz", Packed(Evil)).Imports, i => i.Verdict == ModelVerdict.Deny);
        // A tar within a tar within a tar and so on, each packed: the depth is bounded.
        byte[] deep = Evil;
        for (int i = 0; i < 6; i++)
            deep = Packed(deep);
        Assert.Contains(PickleCorpus.InspectBytes("m.gz", deep).Anomalies, a => a is { Code: "archive-too-deep", Verdict: ModelVerdict.Deny });
    }

    [Fact]
    public void More_than_is_unpacked_is_said()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(Evil);
            byte[] zeros = new byte[1024 * 1024];
            for (int i = 0; i <= CompressedFormat.MostUnpacked / zeros.Length; i++)
                zlib.Write(zeros);
        }

        var facts = PickleCorpus.InspectBytes("m.z", packed.ToArray());
        Assert.Contains(facts.Anomalies, a => a is { Code: "compressed-too-large", Verdict: ModelVerdict.Unknown });
        Assert.Contains(facts.Imports, i => i.Verdict == ModelVerdict.Deny);
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Tar(TarEntryFormat format, params (string Name, TarEntryType Type, byte[] Bytes, string? Link)[] members)
    {
        using var into = new MemoryStream();
        using (var writer = new TarWriter(into, format, leaveOpen: true))
        {
            foreach (var (name, type, bytes, link) in members)
            {
                var kind = format == TarEntryFormat.V7 && type == TarEntryType.RegularFile ? TarEntryType.V7RegularFile : type;
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(kind, name),
                    TarEntryFormat.Pax => new PaxTarEntry(kind, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(kind, name),
                    _ => new UstarTarEntry(kind, name),
                };
                if (link is not null)
                    entry.LinkName = link;
                if (type == TarEntryType.RegularFile)
                    entry.DataStream = new MemoryStream(bytes);
                writer.WriteEntry(entry);
            }
        }

        return into.ToArray();
    }
}
