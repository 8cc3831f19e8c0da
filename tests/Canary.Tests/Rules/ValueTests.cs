using Canary.Findings;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>Plain values: comparison, wildcards, escapes, null and empty, numbers.</summary>
public sealed class ValueTests
{
    [Theory]
    [InlineData("F: abc", "abc", true)]
    [InlineData("F: abc", "ABC", true)]
    [InlineData("F: ÄÖ", "äö", true)]
    [InlineData("F: abc", "abcd", false)]
    [InlineData("F: abc", "xabc", false)]
    [InlineData("F: abc", "", false)]
    public void Text_is_compared_whole_and_without_case(string item, string value, bool holds) => Assert.Equal(holds, Sigma.Item(item, ("F", value)));

    [Theory]
    [InlineData("a*", "a", true)]
    [InlineData("a*", "abc", true)]
    [InlineData("a*", "ba", false)]
    [InlineData("*a", "cba", true)]
    [InlineData("*a", "ab", false)]
    [InlineData("a*c", "ac", true)]
    [InlineData("a*c", "abbbc", true)]
    [InlineData("a*c", "abcd", false)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("ab*ba", "aba", false)]
    [InlineData("a**c", "ac", true)]
    [InlineData("*", "", true)]
    [InlineData("?", "x", true)]
    [InlineData("?", "", false)]
    [InlineData("?", "xy", false)]
    [InlineData("a?c", "aXc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("*a?c*", "zzabczz", true)]
    [InlineData("??*", "x", false)]
    [InlineData("??*", "xy", true)]
    public void Wildcards(string pattern, string value, bool holds) => Assert.Equal(holds, Sigma.Item($"F: '{pattern}'", ("F", value)));

    // One row per row of the escaping table; the pattern stands in single quotes, where YAML escapes nothing.
    [Theory]
    [InlineData(@"a\x", @"a\x", true)]
    [InlineData(@"a\x", @"ax", false)]
    [InlineData(@"a\\b", @"a\b", true)]
    [InlineData(@"a\\b", @"a\\b", false)]
    [InlineData(@"a\*b", @"a*b", true)]
    [InlineData(@"a\*b", @"axb", false)]
    [InlineData(@"a\?b", @"a?b", true)]
    [InlineData(@"a\?b", @"axb", false)]
    [InlineData(@"a\\*", @"a\anything", true)]
    [InlineData(@"a\\*", @"a\", true)]
    [InlineData(@"a\\*", @"a*", false)]
    [InlineData(@"a\\\*", @"a\*", true)]
    [InlineData(@"a\\\*", @"a\x", false)]
    [InlineData(@"a\\\\b", @"a\\b", true)]
    [InlineData(@"a\\\\b", @"a\b", false)]
    [InlineData(@"C:\Windows\", @"c:\windows\", true)]
    [InlineData(@"a\", @"a\", true)]
    [InlineData(@"\", @"\", true)]
    [InlineData(@"a\\?", @"a\x", true)]
    [InlineData(@"a\\?", @"a?", false)]
    [InlineData(@"a\\\?b", @"a\?b", true)]
    [InlineData(@"a\\\?b", @"a\xb", false)]
    [InlineData(@"a\\", @"a\", true)]
    [InlineData(@"a\\\", @"a\\", true)]
    [InlineData(@"a\\\", @"a\", false)]
    [InlineData(@"\\\\*", @"\\server", true)]
    [InlineData(@"\\\\*", @"\server", false)]
    [InlineData(@"\*", "*", true)]
    [InlineData(@"\*", "x", false)]
    public void A_backslash_escapes_wildcards_and_itself_only(string pattern, string value, bool holds) =>
        Assert.Equal(holds, Sigma.Item($"F: '{pattern}'", ("F", value)));

    // What a modifier adds to a value is no part of its escapes.
    [Theory]
    [InlineData(@"F|contains: '\Temp\'", @"C:\Temp\x", true)]
    [InlineData(@"F|contains: '\Temp\'", @"C:\Temp*", false)]
    [InlineData(@"F|startswith: 'C:\'", @"c:\x", true)]
    [InlineData(@"F|endswith: '\'", @"c:\", true)]
    [InlineData(@"F|endswith: '\'", @"c:\x", false)]
    [InlineData(@"F|contains: 'b\*'", "ab*c", true)]
    [InlineData(@"F|contains: 'b\*'", "abxc", false)]
    [InlineData(@"F|startswith: 'b\*'", "b*c", true)]
    [InlineData(@"F|endswith: '\*b'", "a*b", true)]
    [InlineData(@"F|endswith: '\*b'", "axb", false)]
    [InlineData(@"F|endswith: '\\b'", @"a\b", true)]
    public void Modifiers_leave_escapes_alone(string item, string value, bool holds) => Assert.Equal(holds, Sigma.Item(item, ("F", value)));

    [Fact]
    public void Not_null_is_a_selection_and_a_not()
    {
        const string Detection = "detection: {s: {G: 1}, n: {F: null}, condition: s and not n}";
        Assert.True(Sigma.Detection(Detection, ("G", 1), ("F", "x")));
        Assert.True(Sigma.Detection(Detection, ("G", 1), ("F", "")));
        Assert.False(Sigma.Detection(Detection, ("G", 1)));
        Assert.False(Sigma.Detection(Detection, ("G", 1), ("F", null)));
    }

    [Fact]
    public void Null_holds_for_an_absent_field_and_for_one_without_value()
    {
        Assert.True(Sigma.Item("F: null", ("G", "x")));
        Assert.True(Sigma.Item("F: null", ("F", null)));
        Assert.False(Sigma.Item("F: null", ("F", "")));
        Assert.True(Sigma.Item("F:", ("G", "x")));
        Assert.False(Sigma.Item("F: 'null'", ("G", "x")));
    }

    [Fact]
    public void Empty_holds_for_a_present_empty_text_only()
    {
        Assert.True(Sigma.Item("F: ''", ("F", "")));
        Assert.False(Sigma.Item("F: ''", ("F", "x")));
        Assert.False(Sigma.Item("F: ''", ("G", "x")));
        Assert.False(Sigma.Item("F: ''", ("F", null)));
    }

    [Fact]
    public void Numbers_match_numbers_and_their_text()
    {
        Assert.True(Sigma.Item("F: 443", ("F", 443)));
        Assert.True(Sigma.Item("F: 443", ("F", "443")));
        Assert.True(Sigma.Item("F: '443'", ("F", 443)));
        Assert.True(Sigma.Item("F: '44*'", ("F", 443)));
        Assert.True(Sigma.Item("F: 1.5", ("F", 1.5)));
        Assert.False(Sigma.Item("F: 443", ("F", "4433")));
        Assert.False(Sigma.Item("F: 443", ("F", "x")));
        Assert.True(Sigma.Item("F: 0x1010", ("F", "0x1010")));
        Assert.True(Sigma.Item("F: 0x1010", ("F", 0x1010)));
    }

    [Fact]
    public void Booleans_match_booleans_and_their_words()
    {
        Assert.True(Sigma.Item("F: true", ("F", true)));
        Assert.True(Sigma.Item("F: true", ("F", "True")));
        Assert.True(Sigma.Item("F: 'true'", ("F", true)));
        Assert.False(Sigma.Item("F: true", ("F", false)));
        Assert.False(Sigma.Item("F: false", ("G", false)));
    }

    [Fact]
    public void A_list_in_the_rule_is_or_and_a_list_in_the_event_needs_one_match()
    {
        Assert.True(Sigma.Item("F: [a, b]", ("F", "b")));
        Assert.False(Sigma.Item("F: [a, b]", ("F", "c")));
        Assert.True(Sigma.Item("F: b", ("F", new[] { "a", "b" })));
        Assert.True(Sigma.Item("F|contains|all: [a, c]", ("F", new[] { "xa", "xc" })));
        Assert.False(Sigma.Item("F|contains|all: [a, c]", ("F", new[] { "xa", "xb" })));
    }

    [Fact]
    public void Spaces_in_field_names_are_dropped() => Assert.True(Sigma.Item("Threat Name: x", ("ThreatName", "x")));

    [Fact]
    public void The_element_of_a_list_that_matched_is_what_is_shown()
    {
        var book = Sigma.Book(("r.yml", Sigma.Head + "detection: {s: {F|endswith: c}, condition: s}"));
        Assert.Equal([new MatchedField("F", "abc", "s")], Sigma.Findings(book, Sigma.Event(("F", new[] { "x", "abc" }))).Single().Matched);
    }
}
