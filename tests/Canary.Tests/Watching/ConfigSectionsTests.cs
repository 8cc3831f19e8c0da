using Canary.Watching;
using Xunit;

namespace Canary.Tests.Watching;

public sealed class ConfigSectionsTests
{
    [Theory]
    [InlineData("rules:\n  disable: []\n", "rules:\n  disable: [x]\n", "rules")]
    [InlineData("a: 1\nb: 2\n", "a: 1\nb: 3\n", "b")]
    [InlineData("a: 1\n", "a: 1\nmodels:\n  guard: [/m]\n", "models")]
    [InlineData("a: 1\nb:\n- x\n", "a: 1\n", "b")]
    [InlineData("{a: 1, b: 2}\n", "{a: 1, b: 3}\n", "a")]
    public void A_change_is_told_by_its_key(string before, string after, string key) => Assert.Equal([key], ConfigSections.Changed(before, after));

    [Fact]
    public void A_comment_a_blank_line_and_the_order_are_no_change() =>
        Assert.Empty(ConfigSections.Changed("a: 1 # one\n\nb: 2\n", "# of late\nb: 2\na: 1\n"));
}
