using Canary.Text;
using CsCheck;
using Xunit;

namespace Canary.Tests.Text;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("plain text stays", "plain text stays")]
    [InlineData("héllo 世界 🐤", "héllo 世界 🐤")]
    [InlineData("a\nb\r\tc", "a\\x0ab\\x0d\\x09c")]
    [InlineData("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m")]
    [InlineData("\x7f", "\\x7f")]
    [InlineData("\u009b31m", "\\u{9b}31m")]
    [InlineData("txt\u202Egpj.exe", "txt\\u{202e}gpj.exe")]
    [InlineData("zero\u200Bwidth", "zero\\u{200b}width")]
    [InlineData("\u2028", "\\u{2028}")]
    [InlineData("a\uFE0F", "a\\u{fe0f}")]
    [InlineData("", "")]
    public void What_could_drive_a_terminal_or_hide_is_spelled_out(string hostile, string shown) => Assert.Equal(shown, Printable.Line(hostile));

    [Fact]
    public void A_lone_surrogate_is_spelled_out() => Assert.Equal("a\\u{d800}b", Printable.Line("a" + '\ud800' + "b"));

    [Fact]
    public void Tag_characters_beyond_the_basic_plane_are_spelled_out() => Assert.Equal("\\u{e0041}", Printable.Line("\U000E0041"));

    [Fact]
    public void A_long_line_is_cut_and_says_so()
    {
        string shown = Printable.Line(new string('x', 500), 20);
        Assert.Equal(new string('x', 20) + "…", shown);
    }

    [Fact]
    public void A_line_of_exactly_the_limit_is_whole() => Assert.Equal("12345", Printable.Line("12345", 5));

    [Fact]
    public void A_cut_never_halves_a_character()
    {
        for (int most = 0; most < 8; most++)
            Assert.DoesNotContain(System.Text.Rune.ReplacementChar, Printable.Line("🐤🐤🐤🐤", most).EnumerateRunes());
    }

    [Fact]
    public void No_control_line_end_or_lone_surrogate_ever_survives() => Gen.String.Sample(text =>
    {
        string shown = Printable.Line(text);
        foreach (var rune in shown.EnumerateRunes())
        {
            if (System.Text.Rune.IsControl(rune) || rune == System.Text.Rune.ReplacementChar && !text.Contains('\ufffd'))
                return false;
        }

        return true;
    });
}
