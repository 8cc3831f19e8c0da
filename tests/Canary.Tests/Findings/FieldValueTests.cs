using Canary.Findings;
using Xunit;

namespace Canary.Tests.Findings;

public sealed class FieldValueTests
{
    [Fact]
    public void Nothing_is_absent_and_so_is_null()
    {
        Assert.True(default(FieldValue).IsAbsent);
        Assert.True(FieldValue.Null.IsAbsent);
        Assert.True(FieldValue.Of((string?)null).IsAbsent);
        Assert.False(FieldValue.Of("").IsAbsent);
    }

    [Theory]
    [InlineData(443, "443")]
    [InlineData(1.5, "1.5")]
    [InlineData(-0.25, "-0.25")]
    public void A_number_reads_the_same_in_every_country(double number, string text) => Assert.Equal(text, FieldValue.Of(number).ToString());

    [Fact]
    public void Each_kind_has_its_text()
    {
        Assert.Equal("true", FieldValue.Of(true).ToString());
        Assert.Equal("a, b", FieldValue.Of(["a", "b"]).ToString());
        Assert.Equal("x", FieldValue.Of("x").ToString());
        Assert.Null(FieldValue.Absent.ToString());
    }

    [Fact]
    public void A_value_of_another_kind_is_another_value()
    {
        Assert.NotEqual(FieldValue.Of("1"), FieldValue.Of(1));
        Assert.NotEqual(FieldValue.Of(true), FieldValue.Of(1));
        Assert.Equal(FieldValue.Of("a"), FieldValue.Of("a"));
        Assert.Null(FieldValue.Of(1).Text);
        Assert.Null(FieldValue.Of("a").List);
    }
}
