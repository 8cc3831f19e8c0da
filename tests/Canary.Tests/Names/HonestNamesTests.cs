using Canary.Names;
using Canary.Packages;
using Xunit;
using Xunit.Abstractions;

namespace Canary.Tests.Names;

public sealed class HonestNamesTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Ecosystem.Npm)]
    [InlineData(Ecosystem.PyPI)]
    public void Fewer_than_one_honest_name_in_a_thousand_is_likely_to_imitate_another(string ecosystem)
    {
        var names = PopularTableTests.List(ecosystem);
        var like = new LikeNames([PopularNames.Of(ecosystem, [.. names.Take(PopularTableTests.Targets)], PopularTableTests.Targets)]);
        var found = names.Skip(PopularTableTests.Targets).Select(n => (Name: n, Like: like.Find(ecosystem, n))).Where(f => f.Like is not null).ToList();
        foreach (var group in found.GroupBy(f => (f.Like!.Strength, f.Like.Kind)).OrderByDescending(g => g.Key.Strength))
            output.WriteLine($"{group.Key}: {group.Count()}: {string.Join(", ", group.Take(12).Select(f => $"{f.Name} ({f.Like!.Target})"))}");
        int likely = found.Count(f => f.Like!.Strength > LikenessStrength.Weak);
        output.WriteLine($"{likely} of {names.Count - PopularTableTests.Targets}");
        Assert.True(likely * 1000 < names.Count - PopularTableTests.Targets, $"{likely} of {names.Count - PopularTableTests.Targets}");
    }
}
