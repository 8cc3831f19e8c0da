using System.Net;
using Canary.Sensors.Etw;
using Xunit;

namespace Canary.Tests.Sensors.Etw;

public sealed class PayloadReaderTests
{
    [Fact]
    public void A_failed_read_is_sticky_and_gives_nothing()
    {
        var reader = new PayloadReader([1, 2, 3], 8);
        Assert.Equal(0u, reader.U32());
        Assert.True(reader.Failed);
        Assert.Equal((byte)0, reader.U8());
        Assert.Equal("", reader.Text());
        Assert.Equal(0, reader.Left);
    }

    [Fact]
    public void A_string_without_its_end_fails()
    {
        var wide = new PayloadReader([65, 0, 66], 8);
        Assert.Equal("", wide.Text());
        Assert.True(wide.Failed);
        var ansi = new PayloadReader("abc"u8, 8);
        Assert.Equal("", ansi.AnsiText());
        Assert.True(ansi.Failed);
    }

    [Fact]
    public void A_very_long_string_is_cut_and_said_to_be()
    {
        var reader = new PayloadReader(new PayloadBuilder().Wide(new string('x', 100_000)).U32(7).Bytes, 8);
        Assert.Equal(PayloadReader.MostCharacters, reader.Text().Length);
        Assert.True(reader.Cut);
        Assert.Equal(7u, reader.U32());
    }

    [Fact]
    public void A_half_of_a_pair_stands_escaped()
    {
        // Attributes cannot hold such strings.
        (string, string, bool)[] cases =
            [("a\ud800b", @"a\u{d800}b", true), ("\udc00", @"\u{dc00}", true), ("a\ud800", @"a\u{d800}", true), ("\ud83d\ude00", "\ud83d\ude00", false)];
        foreach (var (given, read, isLossy) in cases)
        {
            bool lossy = false;
            Assert.Equal(read, EtwText.Of(given, ref lossy));
            Assert.Equal(isLossy, lossy);
        }
    }

    [Fact]
    public void A_byte_of_an_unknown_code_page_stands_escaped()
    {
        var reader = new PayloadReader([0x63, 0xe9, 0], 8);
        Assert.Equal(@"c\xe9", reader.AnsiText());
        Assert.True(reader.Lossy);
    }

    [Theory]
    [InlineData("S-1-5-18", @"NT AUTHORITY\SYSTEM")]
    [InlineData("S-1-5-21-3623811015-3361044348-30300820-1013", "S-1-5-21-3623811015-3361044348-30300820-1013")]
    public void An_account_has_its_name_where_every_machine_has_it(string sid, string account) => Assert.Equal(account, WindowsSid.Account(new PayloadBuilder().Sid(sid).Bytes));

    [Theory]
    [InlineData("S-1-16-0", "Untrusted")]
    [InlineData("S-1-16-4096", "Low")]
    [InlineData("S-1-16-8192", "Medium")]
    [InlineData("S-1-16-8448", "Medium")]
    [InlineData("S-1-16-12288", "High")]
    [InlineData("S-1-16-16384", "System")]
    [InlineData("S-1-5-18", null)]
    public void A_label_is_a_level(string sid, string? level) => Assert.Equal(level, WindowsSid.IntegrityLevel(new PayloadBuilder().Sid(sid).Bytes));

    [Fact]
    public void A_process_without_an_account_has_four_zero_bytes_for_it()
    {
        var reader = new PayloadReader(new PayloadBuilder().U32(0).Ansi("x").Bytes, 8);
        Assert.True(reader.TokenUserSid().IsEmpty);
        Assert.Equal("x", reader.AnsiText());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public void Bytes_that_are_no_identifier_fail(byte count)
    {
        var reader = new PayloadReader([(byte)(count == 0 ? 2 : 1), count, 0, 0, 0, 0, 0, 5], 8);
        Assert.True(reader.Sid().IsEmpty);
        Assert.True(reader.Failed);
    }

    [Fact]
    public void Socket_addresses_of_both_families_are_read()
    {
        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 853), PayloadReader.SocketAddress(new PayloadBuilder().U16(2).Port(853).Address("192.0.2.7").U64(0).Bytes));
        Assert.Equal(
            new IPEndPoint(IPAddress.Parse("2001:db8::7"), 853),
            PayloadReader.SocketAddress(new PayloadBuilder().U16(23).Port(853).U32(0).Address("2001:db8::7").U32(0).Bytes));
        Assert.Null(PayloadReader.SocketAddress([2, 0, 1]));
        Assert.Null(PayloadReader.SocketAddress(new PayloadBuilder().U16(1).Port(853).Address("192.0.2.7").Bytes));
    }
}
