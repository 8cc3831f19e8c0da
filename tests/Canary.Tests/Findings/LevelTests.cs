using Canary.Findings;
using Xunit;

namespace Canary.Tests.Findings;

public sealed class LevelTests
{
    [Fact]
    public void Sigma_s_words_in_Sigma_s_order() =>
        Assert.Equal("informational low medium high critical", string.Join(' ', Enum.GetValues<Level>().Order().Select(Levels.Word)));

    [Fact]
    public void Every_word_is_read_back_whatever_its_case()
    {
        foreach (var level in Enum.GetValues<Level>())
        {
            Assert.True(Levels.TryParse(level.Word().ToUpperInvariant(), out var read));
            Assert.Equal(level, read);
        }
    }

    [Fact]
    public void Another_word_is_no_level() => Assert.False(Levels.TryParse("severe", out _));
}
