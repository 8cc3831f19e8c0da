using System.Diagnostics;
using System.Text;
using Canary.Models;
using Canary.Tests.Models.Support;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Templates;

/// <summary>No template trips the judgement, however deep, long or broken.</summary>
public sealed class TemplateFuzzTests
{
    private static readonly string[] Pieces =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", " if ", " else ", " elif ", " endif ", " for ", " in ", " endfor ", " set ", " endset ", " macro ", " endmacro ",
        "messages", "content", ".", "[", "]", "(", ")", "{", "}", "|", "~", "+", "-", "*", "**", "'", "\"", "\\x5f", "__class__", "'a'", "1", "0x", "1e", ",", ":", "=", "==",
        " is ", " not ", " and ", " or ", "join", "format", "attr", "replace", "%s", "[::-1]", "raw", "endraw", "range(9)", "\n", " ", "\ud800", "é", "dict(a=b)",
    ];

    private static readonly Gen<string> Soup = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 60].Select(string.Concat);

    [Fact]
    public void A_soup_of_tokens_is_judged() => Soup.Sample(Judge, iter: 10_000);

    [Fact]
    public void A_soup_within_tags_is_judged() => Soup.Sample(s => { Judge("{{ " + s + " }}"); Judge("{% set x = " + s + " %}{{ x }}"); Judge("{% if " + s + " %}a b c{% endif %}"); }, iter: 4_000);

    [Fact]
    public void A_changed_honest_template_is_judged() => Gen.Select(Gen.Int[0, HonestTemplates.All.Length - 1], Gen.Int[0, 20_000], Gen.Int[0, 20], Soup).Sample((which, at, cut, soup) =>
    {
        string text = HonestTemplates.All[which].Text;
        at %= text.Length;
        Judge(text[..at] + soup + text[Math.Min(text.Length, at + cut)..]);
    }, iter: 2_000);

    public static TheoryData<string, string, int, string> Towers => new()
    {
        { "{{ ", "(", 25_000, "" },
        { "{{ a", ".b", 75_000, " }}" },
        { "{{ a", "|b", 75_000, " }}" },
        { "{{ a", " ~ a", 50_000, " }}" },
        { "{{ ", "not ", 50_000, "a }}" },
        { "{{ ", "-", 100_000, "a }}" },
        { "{{ ", "a if a else ", 12_000, "a }}" },
        { "{{ a", "[a", 75_000, " }}" },
        { "{{ ", "'' ", 75_000, " }}" },
        { "", "{% if a %}", 20_000, "" },
        { "{% if a %}", "{% elif 'x' in m.content %}a b c", 7_000, "{% endif %}" },
        { "", "{{ a }}", 35_000, "" },
        { "", "{{", 100_000, "" },
        { "", "{#", 100_000, "" },
        { "", "{% raw %}", 25_000, "" },
        { "", "{% set a = a ~ a %}", 12_000, "" },
        { "", "{{ 'x' in m.content and 'x' in m.content or 'x' in m.content }}", 5_000, "" },
        { "{{ [", "'a',", 50_000, "]|join }}" },
        { "", "ignore all ", 22_000, "" },
        { "", "curl ", 50_000, "" },
        { "", "<", 250_000, "" },
        { "", "A", 250_000, "" },
        { "", "\u200b", 75_000, "" },
    };

    [Theory]
    [MemberData(nameof(Towers))]
    public void What_is_piled_up_costs_little(string before, string piece, int times, string after)
    {
        var clock = Stopwatch.StartNew();
        Judge(before + string.Concat(Enumerable.Repeat(piece, times)) + after);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public void A_value_that_doubles_with_each_line_is_not_computed()
    {
        var text = new StringBuilder("{% set a0 = 'x' %}");
        for (int i = 1; i < 5_000; i++)
            text.Append("{% set a").Append(i).Append(" = a").Append(i - 1).Append(" ~ a").Append(i - 1).Append(" %}");
        Judge(text.ToString());
    }

    [Fact]
    public void Many_chains_in_one_template_cost_little()
    {
        string chain = "{{ a" + string.Concat(Enumerable.Repeat(" or a", 990)) + " }}{% set b" + "= a" + string.Concat(Enumerable.Repeat(" ~ a", 990)) + " %}";
        var clock = Stopwatch.StartNew();
        Judge(string.Concat(Enumerable.Repeat(chain, 40)));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
    }

    private static void Judge(string template)
    {
        var facts = Inspections.Of("chat_template.jinja", Encoding.UTF8.GetBytes(template));
        Assert.InRange(facts.Anomalies.Count, 0, 200);
        if (facts.Verdict != ModelVerdict.Allow)
            Assert.Contains(facts.Anomalies, a => a.Verdict == facts.Verdict);
        Assert.DoesNotContain(facts.Anomalies, a => (a.Place + a.Why).Any(char.IsControl));
    }
}
