using Canary.Names;
using Canary.Packages;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Names;

public sealed class PopularTableTests
{
    public const int Targets = 2000;

    /// <summary>What the list alone has, the most popular first.</summary>
    public static IReadOnlyList<string> List(string ecosystem) => [.. Lines(PopularNames.ListOf(ecosystem)!)];

    /// <summary>What is compared with, then what is only known.</summary>
    private static List<string> Names(string ecosystem) =>
        [.. Named(ecosystem, "more").Concat(List(ecosystem)).Concat(Named(ecosystem, "neighbours")).DistinctBy(n => PackageName.Normalised(ecosystem, n))];

    private static IEnumerable<string> Lines(string file) =>
        File.ReadLines(Checkout.At($"src/Canary.Core/Names/Popular/{file}.txt")).Where(l => l.Length > 0 && l[0] != '#');

    [Theory]
    [InlineData(Ecosystem.Npm)]
    [InlineData(Ecosystem.PyPI)]
    [InlineData(Ecosystem.NuGet)]
    [InlineData(Ecosystem.Crates)]
    public void The_table_in_the_program_is_what_the_list_of_the_checkout_makes(string ecosystem)
    {
        string list = PopularNames.ListOf(ecosystem)!, committed = Checkout.At($"src/Canary.Core/Names/Popular/{list}.names");
        byte[] made = PopularNames.Table(ecosystem, Names(ecosystem), Targets);
        if (Environment.GetEnvironmentVariable("CANARY_BLESS") == "1")
            File.WriteAllBytes(committed, made);
        Assert.True(made.AsSpan().SequenceEqual(File.ReadAllBytes(committed)), "make it anew: CANARY_BLESS=1 ./dev test PopularTableTests, then build");
    }

    [Fact]
    public void More_and_neighbours_name_ecosystems_that_have_a_list() =>
        Assert.All(Lines("more").Concat(Lines("neighbours")), line =>
        {
            string[] words = line.Split(' ');
            Assert.Equal(2, words.Length);
            Assert.NotNull(PopularNames.ListOf(words[0]));
        });

    [Fact]
    public void What_one_ecosystem_asks_builds_no_other_s_table()
    {
        Assert.Null(PopularNames.BuiltIn(Ecosystem.Maven));
        Assert.Null(new LikeNames().Find(Ecosystem.Maven, "org.apache.commons:commons-lang3"));
    }

    private static IEnumerable<string> Named(string ecosystem, string file) => Lines(file).Select(l => l.Split(' ')).Where(l => l[0] == ecosystem).Select(l => l[1]);
}
