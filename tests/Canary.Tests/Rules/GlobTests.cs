using Canary.Rules;
using CsCheck;
using Xunit;

namespace Canary.Tests.Rules;

public sealed class GlobTests
{
    [Fact]
    public void It_agrees_with_a_matcher_too_simple_to_be_wrong()
    {
        var pattern = Gen.OneOf("a", "b", "B", "*", "?", "\\", "\\*", "\\?", "\\\\").Array[0, 8].Select(string.Concat);
        var text = Gen.OneOf('a', 'b', 'A', '*', '?', '\\').Array[0, 8].Select(c => new string(c));
        Gen.Select(pattern, text, Gen.Bool).Sample(
            (p, t, cased) => new Glob(SigmaText.Parse(p), cased).Matches(t) == Naive(SigmaText.Parse(p), 0, t, cased),
            iter: 100_000);
    }

    [Fact]
    public void A_hostile_pattern_takes_no_time()
    {
        string pattern = string.Concat(Enumerable.Repeat("a*", 200)) + "b";
        string text = new('a', 100_000);
        Assert.InRange(HostileRuleTests.Best(() => Assert.False(new Glob(SigmaText.Parse(pattern), cased: false).Matches(text))), 0, 500);
    }

    private static bool Naive(SigmaText pattern, int at, string text, bool cased)
    {
        if (at == pattern.Marks.Length)
            return text.Length == 0;
        if (pattern.Marks[at] == SigmaText.Mark.Any)
            return Naive(pattern, at + 1, text, cased) || (text.Length > 0 && Naive(pattern, at, text[1..], cased));
        if (text.Length == 0)
            return false;
        bool same = pattern.Marks[at] == SigmaText.Mark.One || text[0] == pattern.Characters[at]
            || (!cased && char.ToLowerInvariant(text[0]) == char.ToLowerInvariant(pattern.Characters[at]));
        return same && Naive(pattern, at + 1, text[1..], cased);
    }
}
