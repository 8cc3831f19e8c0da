using Canary.Text;
using Xunit;

namespace Canary.Tests.Text;

public sealed class NearestTests
{
    private static readonly string[] Known = ["CommandLine", "Image", "ParentImage", "TargetFilename"];

    [Theory]
    [InlineData("comandline", "CommandLine")]
    [InlineData("Imag", "Image")]
    [InlineData("ParentImages", "ParentImage")]
    [InlineData("targetfilename", "TargetFilename")]
    public void A_typing_error_finds_the_word_that_was_meant(string typed, string meant) => Assert.Equal(meant, Nearest.To(typed, Known));

    [Theory]
    [InlineData("DestinationPort")]
    [InlineData("x")]
    [InlineData("")]
    public void A_word_far_from_all_has_no_suggestion(string typed)
    {
        Assert.Null(Nearest.To(typed, Known));
        Assert.Equal("", Nearest.Suggestion(typed, Known));
    }

    [Fact]
    public void The_suggestion_is_a_clause_to_append() => Assert.Equal("; did you mean 'Image'?", Nearest.Suggestion("image", Known));

    [Fact]
    public void A_hostile_word_costs_nothing() => Assert.Null(Nearest.To(new string('a', 1_000_000), Known));

    [Fact]
    public void Two_letters_that_changed_places_are_one_slip() => Assert.Equal("Image", Nearest.To("Iamge", ["Image", "Name"]));
}
