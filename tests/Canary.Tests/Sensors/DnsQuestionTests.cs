using System.Text;
using Canary.Sensors.Ebpf;
using CsCheck;
using Xunit;

namespace Canary.Tests.Sensors;

public sealed class DnsQuestionTests
{
    [Theory]
    [InlineData("\u0003www\u0007example\u0000", 28, "www.example", 28)]
    [InlineData("\u0000", 2, ".", 2)]
    [InlineData("\u0003a.b\u0000", 1, "a\\x2eb", 1)]
    public void A_question_is_read(string name, byte type, string expected, int expectedType)
    {
        Assert.True(DnsQuestion.TryRead([.. Encoding.Latin1.GetBytes(name), 0, type, 0, 1], out string read, out int readType));
        Assert.Equal((expected, expectedType), (read, readType));
    }

    [Fact]
    public void Bytes_that_are_not_text_are_escaped()
    {
        Assert.True(DnsQuestion.TryRead([2, 0xff, (byte)'a', 0, 0, 1, 0, 1], out string name, out _));
        Assert.Equal(@"\xffa", name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0003www")]
    [InlineData("\u0003www\u0000")]
    [InlineData("\u00c0\u000c\u0000\u0001")]
    [InlineData("\u003f\u0001")]
    public void What_is_no_question_is_refused(string bytes) => Assert.False(DnsQuestion.TryRead(Encoding.Latin1.GetBytes(bytes), out _, out _));

    [Fact]
    public void A_name_of_more_than_255_bytes_is_refused()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'a', 63)];
        Assert.False(DnsQuestion.TryRead([.. label, .. label, .. label, .. label, 0, 0, 1, 0, 1], out _, out _));
    }

    [Fact]
    public void No_bytes_break_it() => Gen.Byte.Array[0, 300].Sample(bytes => DnsQuestion.TryRead(bytes, out string name, out _) == name.Length > 0);
}
