using System.Text;
using CsCheck;
using Xunit;
using Utf8 = Canary.Text.Utf8;

namespace Canary.Tests.Text;

public sealed class Utf8Tests
{
    [Fact]
    public void Valid_text_is_unchanged_and_not_lossy() => Gen.String.Sample(text =>
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        bool lossy = false;
        return Utf8.Decode(bytes, ref lossy) == Encoding.UTF8.GetString(bytes) && !lossy;
    });

    [Fact]
    public void Bytes_that_are_not_text_stand_as_hex_and_are_said_to()
    {
        bool lossy = false;
        Assert.Equal("a\\xffb\\xc3", Utf8.Decode([(byte)'a', 0xff, (byte)'b', 0xc3], ref lossy));
        Assert.True(lossy);
    }

    [Fact]
    public void What_is_text_between_them_is_kept()
    {
        bool lossy = false;
        Assert.Equal("é\\x80🐤", Utf8.Decode([0xc3, 0xa9, 0x80, 0xf0, 0x9f, 0x90, 0xa4], ref lossy));
    }

    [Fact]
    public void A_loss_before_is_not_forgotten()
    {
        bool lossy = true;
        Utf8.Decode("fine"u8, ref lossy);
        Assert.True(lossy);
    }

    [Fact]
    public void Any_bytes_give_well_formed_text_and_no_byte_is_dropped() => Gen.Byte.Array.Sample(bytes =>
    {
        bool lossy = false;
        string text = Utf8.Decode(bytes, ref lossy);
        byte[] back = Encoding.UTF8.GetBytes(text);
        return text.EnumerateRunes().All(r => r != Rune.ReplacementChar || bytes.AsSpan().IndexOf("\ufffd"u8) >= 0)
            && (lossy ? back.Length > bytes.Length : back.AsSpan().SequenceEqual(bytes));
    });
}
