using Canary.Rules;
using CsCheck;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>The condition grammar, and what detections are made of.</summary>
public sealed class ConditionTests
{
    private const string Three = "detection:\n  a: {F: 1}\n  b: {G: 1}\n  c: {H: 1}\n  condition: ";

    // The events that hold are written as the selections that hold in them.
    [Theory]
    [InlineData("a or b and c", "a", true)]
    [InlineData("a or b and c", "b", false)]
    [InlineData("a or b and c", "bc", true)]
    [InlineData("(a or b) and c", "a", false)]
    [InlineData("(a or b) and c", "ac", true)]
    [InlineData("not a and b", "b", true)]
    [InlineData("not a and b", "ab", false)]
    [InlineData("not (a and b)", "a", true)]
    [InlineData("not (a and b)", "ab", false)]
    [InlineData("not not a", "a", true)]
    [InlineData("a and not b", "", false)]
    [InlineData("1 of them", "c", true)]
    [InlineData("1 of them", "", false)]
    [InlineData("any of them", "b", true)]
    [InlineData("all of them", "ab", false)]
    [InlineData("all of them", "abc", true)]
    [InlineData("not 1 of them", "", true)]
    [InlineData("a AND NOT b", "a", true)]
    [InlineData("not a or b", "", true)]
    [InlineData("not a or b", "a", false)]
    [InlineData("not a or b", "ab", true)]
    [InlineData("not 1 of a or b", "b", true)]
    [InlineData("a and 1 of b or c", "c", true)]
    [InlineData("not all of them", "ab", true)]
    [InlineData("not all of them", "abc", false)]
    [InlineData("ALL OF THEM", "abc", true)]
    [InlineData("((a))", "a", true)]
    [InlineData("a or (b and not c)", "bc", false)]
    [InlineData("a and b and c", "ab", false)]
    [InlineData("[a and b, c]", "c", true)]
    [InlineData("[a and b, c]", "a", false)]
    public void Precedence_and_quantifiers(string condition, string holding, bool holds) => Assert.Equal(
        holds,
        Sigma.Detection(Three + condition, ("F", holding.Contains('a') ? 1 : 0), ("G", holding.Contains('b') ? 1 : 0), ("H", holding.Contains('c') ? 1 : 0)));

    [Theory]
    [InlineData("1 of sel_*", true)]
    [InlineData("all of sel_*", false)]
    [InlineData("1 of *_x", true)]
    [InlineData("1 of s*_x", true)]
    [InlineData("all of sel_x", true)]
    [InlineData("1 of them", true)]
    [InlineData("1 of *", true)]
    [InlineData("all of *_x", true)]
    [InlineData("any of sel_y", false)]
    [InlineData("1 of _*", false)]
    [InlineData("_hid", false)]
    public void Patterns_choose_selections(string condition, bool holds) => Assert.Equal(
        holds, Sigma.Detection($"detection:\n  sel_x: {{F: 1}}\n  sel_y: {{G: 1}}\n  _hid: {{H: 1}}\n  condition: {condition}", ("F", 1)));

    [Fact]
    public void A_leading_underscore_hides_a_selection_from_them() =>
        Assert.False(Sigma.Detection("detection: {a: {F: 1}, _b: {G: 1}, condition: 1 of them}", ("G", 1)));

    [Fact]
    public void A_map_is_and_and_a_list_of_maps_is_or()
    {
        Assert.False(Sigma.Detection("detection: {s: {F: 1, G: 1}, condition: s}", ("F", 1)));
        Assert.True(Sigma.Detection("detection: {s: {F: 1, G: 1}, condition: s}", ("F", 1), ("G", 1)));
        Assert.True(Sigma.Detection("detection: {s: [{F: 1, G: 1}, {H: 1}], condition: s}", ("H", 1)));
        Assert.False(Sigma.Detection("detection: {s: [{F: 1, G: 1}, {H: 1}], condition: s}", ("G", 1)));
    }

    [Fact]
    public void Keywords_are_looked_for_in_every_field()
    {
        Assert.True(Sigma.Detection("detection: {k: [foo, bar], condition: k}", ("X", "a BAR b")));
        Assert.False(Sigma.Detection("detection: {k: [foo, bar], condition: k}", ("X", "a ba b")));
        Assert.True(Sigma.Detection("detection: {k: foo, condition: k}", ("X", "1"), ("Y", "foo")));
        Assert.True(Sigma.Detection("detection: {k: [4625], condition: k}", ("X", 4625)));
        Assert.True(Sigma.Detection("detection: {k: ['f*o'], condition: k}", ("X", "a fxxo b")));
        Assert.True(Sigma.Detection("detection: {k: {'|all': [foo, bar]}, condition: k}", ("X", "foo"), ("Y", "bar")));
        Assert.False(Sigma.Detection("detection: {k: {'|all': [foo, bar]}, condition: k}", ("X", "foo")));
        Assert.True(Sigma.Detection("detection: {k: {'|re': 'b[ae]r'}, condition: k}", ("X", "ber")));
        Assert.True(Sigma.Detection("detection: {k: [foo, {F: 1}], condition: k}", ("F", 1)));
    }

    [Fact]
    public void What_is_printed_parses_to_the_same()
    {
        var names = Gen.OneOf("sel", "filter_a", "x-1", "_hidden");
        var leaf = Gen.OneOf<ConditionSyntax>(
            names.Select(n => (ConditionSyntax)new ConditionSyntax.Name(n, 0)),
            Gen.Select(Gen.Bool, Gen.OneOf("them", "sel*", "*", "filter_*_x")).Select((all, p) => (ConditionSyntax)new ConditionSyntax.Of(all, p, 0)));
        var tree = Gen.Recursive<ConditionSyntax>((depth, self) => depth > 4 ? leaf : Gen.OneOf(
            leaf,
            self.Select(p => (ConditionSyntax)new ConditionSyntax.Negation(p, 0)),
            self.Array[2, 4].Select(p => (ConditionSyntax)new ConditionSyntax.Or(p, 0)),
            self.Array[2, 4].Select(p => (ConditionSyntax)new ConditionSyntax.And(p, 0))));
        tree.Sample(syntax => Shape(ConditionParser.Parse(syntax.Print())) == Shape(syntax));
    }

    // Nested ors and ands print without parentheses where they mean the same, so they are compared flattened.
    private static string Shape(ConditionSyntax syntax) => syntax switch
    {
        ConditionSyntax.Or or => "or(" + string.Join(' ', or.Parts.Select(Shape)) + ")",
        ConditionSyntax.And and => "and(" + string.Join(' ', and.Parts.Select(Shape)) + ")",
        ConditionSyntax.Negation not => "not(" + Shape(not.Part) + ")",
        ConditionSyntax.Of of => (of.All ? "all:" : "1:") + of.Pattern,
        _ => ((ConditionSyntax.Name)syntax).Word,
    };
}
