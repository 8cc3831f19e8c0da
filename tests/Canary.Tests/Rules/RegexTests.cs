using System.Text.RegularExpressions;
using Canary.Findings;
using Canary.Rules;
using CsCheck;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>Regular expressions: what is accepted can always be decided, in bounded time and memory.</summary>
public sealed class RegexTests
{
    private const string Stall = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Fact]
    public void Whatever_is_accepted_the_linear_engine_takes()
    {
        var piece = Gen.OneOf(
            "a", "b", ".", "[a-z]", "[^\\s]", @"\d", @"\W", @"\b", @"\.", "^", "$", "(?:a|b)", "(a)", "(?<n>a)", "(?i)", "(?i:a)", "(?s-m:.)", @"\x41", @"\u0041",
            @"\p{L}", "(?<a-b>c)", @"\G", @"\A", @"\Z", @"\z", "(?#x)", "(?'n'a)", "[a-z-[b]]", "(?n)", "(?x)", "()", "|", @"\cA", @"\e", @"\0");
        var quantifier = Gen.OneOf("", "", "*", "+", "?", "{2}", "{0,300}", "{900}", "{3,}", "*?", "{2,3}?");
        int accepted = 0;
        Gen.Select(piece, quantifier, (p, q) => p + q).Array[1, 6].Select(string.Concat).Sample(
            pattern =>
            {
                if (RegexSyntax.Compile(pattern, RegexOptions.None, out _) is not { } regex)
                    return;
                Interlocked.Increment(ref accepted);
                _ = new Regex(pattern, regex.Options | RegexOptions.NonBacktracking);
            },
            iter: 4_000);
        Assert.InRange(accepted, 400, int.MaxValue);
    }

    [Fact]
    public void No_more_than_a_bounded_number_runs_in_linear_time_and_none_misses_for_it()
    {
        const int Room = 8, Expressions = Room + 2;
        var tests = Enumerable.Range(0, Expressions).Select(i => new RegexTest(RegexSyntax.Compile($"(a+)+$|evil{i}x", RegexOptions.None, out _)!)).ToArray();
        var reading = new Reading([], new LinearExpressions(Room));
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < Expressions; i++)
            {
                Assert.True(tests[i].Holds(FieldValue.Of($"{Stall}!evil{i}x"), reading));
                Assert.False(tests[i].Holds(FieldValue.Of($"{Stall}!evil{i}"), reading));
            }

            Assert.Equal(Room, reading.Linear.Count);
        }

        // Each came anew in the second round: the one it needed was always the least recently used.
        Assert.Equal((2 * Expressions, (2 * Expressions) - Room), (reading.Linear.Slowed, reading.Linear.Evicted));
        Assert.All(tests, t => Assert.True(t.IsLinear));
    }

    [Fact]
    public void One_in_use_stays()
    {
        Assert.Equal(64, LinearExpressions.Most);
        var tests = Enumerable.Range(0, 12).Select(i => new RegexTest(RegexSyntax.Compile($"(a+)+$|evil{i}x", RegexOptions.None, out _)!)).ToArray();
        var reading = new Reading([], new LinearExpressions(8));
        foreach (var test in tests)
        {
            test.Holds(FieldValue.Of(Stall + "!"), reading);
            tests[0].Holds(FieldValue.Of("a"), reading);
        }

        Assert.NotNull(reading.Linear.Find(tests[0]));
        Assert.Null(reading.Linear.Find(tests[1]));
    }

    [Theory]
    [InlineData(@"\Ga", "'\\G' is not supported")]
    [InlineData("(?<a-b>c)", "balancing groups are not supported; only what a linear-time engine can run is allowed")]
    [InlineData("(?'n'a)", "write (?<name>…) for a named group")]
    [InlineData("(?:a{50}){50}", "the repetitions multiply to too large an expression")]
    [InlineData("a{2001}", "the repetitions multiply to too large an expression")]
    public void What_it_could_not_take_is_refused(string pattern, string fault)
    {
        Assert.Null(RegexSyntax.Compile(pattern, RegexOptions.None, out string? said));
        Assert.Equal(fault, said);
    }
}
