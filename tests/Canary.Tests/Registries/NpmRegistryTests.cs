using Canary.Tests.Support;
using Xunit;
using static Canary.Tests.Registries.RegistryWorld;

namespace Canary.Tests.Registries;

public sealed class NpmRegistryTests
{
    private static readonly DateTimeOffset Old = Now.AddYears(-2);

    [Fact]
    public async Task A_version_has_its_day_its_publisher_and_what_its_author_says()
    {
        await using var world = new RegistryWorld();
        world.Npm.Put("@acme/left", new("1.0.0", Old), new("1.1.0", Now.AddHours(-5)) { Deprecated = "use right", Script = "postinstall" });
        var facts = (await world.AskAsync(OfNpm("@acme/left", "1.1.0"))).Of(OfNpm("@acme/left", "1.1.0"))!;
        Assert.Equal((true, "use right", "alice", true), (facts.Version!.Exists, facts.Version.Deprecated, facts.Version.Publisher, facts.Version.HasInstallScript));
        Assert.Equal((Now.AddHours(-5), Old), (facts.Published, facts.Package.FirstPublished));
        Assert.Equal(["alice"], facts.Package.Owners);
        Assert.Equal(["/@acme%2fleft"], world.Npm.Requests);
    }

    [Fact]
    public async Task What_the_registry_never_had_is_told_from_what_it_has_no_more()
    {
        await using var world = new RegistryWorld();
        world.Npm.Put("a", new("1.0.0", Old), new("1.0.1", Old.AddDays(1)) { Removed = true });
        var answers = await world.AskAsync(OfNpm("a", "1.0.1"), OfNpm("a", "9.9.9"), OfNpm("invented-by-a-model", null));
        Assert.Equal((true, true), (answers.Of(OfNpm("a", "1.0.1"))!.IsMissingVersion, answers.Of(OfNpm("a", "1.0.1"))!.Version!.WasRemoved));
        Assert.Equal((true, false), (answers.Of(OfNpm("a", "9.9.9"))!.IsMissingVersion, answers.Of(OfNpm("a", "9.9.9"))!.Version!.WasRemoved));
        Assert.True(answers.Of(OfNpm("invented-by-a-model", null))!.IsMissingPackage);
        Assert.Empty(answers.Unanswered);
    }

    [Fact]
    public async Task A_version_without_attestation_after_one_with_is_seen_and_the_first_one_is_not()
    {
        await using var world = new RegistryWorld();
        world.Npm.Put("a", new("1.0.0", Old), new("1.1.0", Old.AddDays(1)) { Attested = true }, new("1.2.0", Old.AddDays(2)));
        var answers = await world.AskAsync(OfNpm("a", "1.0.0"), OfNpm("a", "1.1.0"), OfNpm("a", "1.2.0"));
        Assert.Equal(
            [(false, false), (true, false), (false, true)],
            ((string[])["1.0.0", "1.1.0", "1.2.0"]).Select(v => answers.Of(OfNpm("a", v))!.Version!).Select(v => (v.HasProvenance!.Value, v.PriorHasProvenance)));
    }

    [Fact]
    public async Task The_first_release_of_an_account_is_seen_and_the_second_is_not()
    {
        await using var world = new RegistryWorld();
        // In the document's order the newest comes first; what counts is the day.
        world.Npm.Put("a", new("1.2.0", Old.AddDays(2), "mallory"), new("1.1.0", Old.AddDays(1), "mallory"), new("1.0.0", Old));
        var answers = await world.AskAsync(OfNpm("a", "1.0.0"), OfNpm("a", "1.1.0"), OfNpm("a", "1.2.0"));
        Assert.Equal([false, true, false], ((string[])["1.0.0", "1.1.0", "1.2.0"]).Select(v => answers.Of(OfNpm("a", v))!.Version!.IsFirstOfPublisher));
    }

    [Fact]
    public async Task A_document_larger_than_any_buffer_is_read_through_with_little_held()
    {
        await using var world = new RegistryWorld();
        world.Npm.Put("a", [.. Enumerable.Range(0, 200).Select(i => new NpmVersion($"1.{i}.0", Old.AddHours(i)) { ReadmeLength = i == 150 ? 300_000 : 20_000 })]);
        var facts = (await world.AskAsync(OfNpm("a", "1.199.0"))).Of(OfNpm("a", "1.199.0"))!;
        Assert.Equal((true, Old.AddHours(199)), (facts.Version!.Exists, facts.Published!.Value));
    }

    [Theory]
    [InlineData("""{"versions": {"1.0.0": {"deprecated": ["x"], "_npmUser": 3, "dist": [], "scripts": "no"}}, "time": {"1.0.0": "yesterday"}, "maintainers": {"name": 1}}""", true)]
    [InlineData("""{"versions": [[[[[[{"1.0.0": {}}]]]]]], "time": 7}""", true)]
    [InlineData("""{"versions": {"1.0.0": {}}""", false)]
    [InlineData("""["1.0.0"]""", false)]
    [InlineData("""{"versions": {"\ud800": {}}}""", false)]
    [InlineData("<html>no</html>", false)]
    [InlineData("", false)]
    public async Task A_document_that_is_none_is_no_answer_and_one_that_is_odd_says_what_it_can(string body, bool isAnswer)
    {
        await using var world = new RegistryWorld();
        world.Npm.Answer("a", WebAnswer.Of(body));
        var answers = await world.AskAsync(OfNpm("a"));
        Assert.Equal(isAnswer, answers.Of(OfNpm("a")) is not null);
        Assert.Equal(isAnswer ? 0 : 1, answers.Unanswered.Count);
    }

    [Fact]
    public async Task Depth_is_bounded()
    {
        await using var world = new RegistryWorld();
        world.Npm.Answer("a", WebAnswer.Of(new string('[', 100_000)));
        Assert.Single((await world.AskAsync(OfNpm("a"))).Unanswered);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("@a/../b")]
    [InlineData("a?x=1")]
    [InlineData("-/v1/search")]
    public async Task A_name_that_would_be_another_address_is_never_sent(string name)
    {
        await using var world = new RegistryWorld();
        Assert.Equal(name, Assert.Single((await world.AskAsync(OfNpm(name))).Withheld).Name);
        Assert.Empty(world.Npm.Requests);
    }
}
