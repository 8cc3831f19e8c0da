using System.Diagnostics;
using Canary.Registries;
using Canary.Tests.Support;
using Xunit;
using static Canary.Tests.Registries.RegistryWorld;

namespace Canary.Tests.Registries;

public sealed class RegistryLookupTests
{
    private static readonly DateTimeOffset Old = Now.AddYears(-2);

    [Fact]
    public async Task Eight_are_asked_at_a_time_and_each_once()
    {
        await using var world = new RegistryWorld();
        var entries = Enumerable.Range(0, 40).Select(i => OfNpm($"p{i}")).ToArray();
        foreach (var entry in entries)
            world.Npm.Answer(entry.Name, WebAnswer.Of(FakeNpm.Document(entry.Name, new NpmVersion("1.0.0", Old))) with { Delay = TimeSpan.FromMilliseconds(50) });
        var answers = await world.AskAsync([.. entries, .. entries]);
        Assert.All(entries, e => Assert.True(answers.Of(e)!.Version!.Exists));
        Assert.Equal(40, world.Npm.Requests.Count);
        Assert.InRange(world.Npm.MostOpen, 2, 8);
    }

    [Fact]
    public async Task A_registry_that_is_busy_is_asked_again_when_it_says()
    {
        await using var world = new RegistryWorld();
        int asked = 0;
        await using var busy = WebServer.Start(_ => Interlocked.Increment(ref asked) == 1
            ? new WebAnswer(429, "") { Headers = new Dictionary<string, string> { ["Retry-After"] = "1" } } : WebAnswer.Of(FakeNpm.Document("a", new NpmVersion("1.0.0", Old))));
        using var wire = new RegistryWire(world.Limits, TimeProvider.System);
        long began = Stopwatch.GetTimestamp();
        var facts = await new NpmRegistry(busy.Address, wire, TimeProvider.System).AskAsync("a", ["1.0.0"], CancellationToken.None);
        Assert.True(facts.Versions["1.0.0"].Exists);
        Assert.Equal(2, asked);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_registry_that_wants_an_hour_of_peace_is_left_alone()
    {
        await using var world = new RegistryWorld();
        world.Npm.Answer("a", new WebAnswer(429, "") { Headers = new Dictionary<string, string> { ["Retry-After"] = "3600" } });
        Assert.Contains("3600 s", Assert.Single((await world.AskAsync(OfNpm("a"))).Unanswered).Reason, StringComparison.Ordinal);
        Assert.Single(world.Npm.Requests);
    }

    [Theory]
    [InlineData(500, 3)]
    [InlineData(503, 3)]
    [InlineData(403, 1)]
    [InlineData(301, 1)]
    public async Task What_may_pass_is_tried_again_and_what_will_not_is_not(int status, int tries)
    {
        await using var world = new RegistryWorld();
        world.Npm.Answer("a", new WebAnswer(status, ""));
        Assert.Contains($"{status}", Assert.Single((await world.AskAsync(OfNpm("a"))).Unanswered).Reason, StringComparison.Ordinal);
        Assert.Equal(tries, world.Npm.Requests.Count);
    }

    [Fact]
    public async Task A_redirect_to_another_host_is_not_followed_and_one_to_the_same_is()
    {
        await using var world = new RegistryWorld();
        await using var other = WebServer.Start(_ => WebAnswer.Of(FakeNpm.Document("a", new NpmVersion("1.0.0", Old))));
        world.Npm.Answer("a", Redirect(new Uri(other.Address, "a").AbsoluteUri));
        world.Npm.Put("c", new NpmVersion("1.0.0", Old));
        world.Npm.Answer("b", Redirect("/c"));
        world.Npm.Answer("loop", Redirect("/loop"));
        var answers = await world.AskAsync(OfNpm("a"), OfNpm("b"), OfNpm("loop"));
        Assert.Contains("another host", answers.Unanswered.Single(u => u.Name == "a").Reason, StringComparison.Ordinal);
        Assert.Contains("more than", answers.Unanswered.Single(u => u.Name == "loop").Reason, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
        Assert.True(answers.Of(OfNpm("b"))!.Version!.Exists);
    }

    [Fact]
    public async Task An_answer_without_an_end_is_cut_off()
    {
        await using var world = new RegistryWorld { Limits = new RegistryLimits { MostBytes = 1_000_000, MostHeld = 1_000_000, FirstPause = TimeSpan.FromMilliseconds(1) } };
        var huge = WebAnswer.Of("{\"x\": [") with { Endless = string.Concat(Enumerable.Repeat("\"y\",", 10_000)) };
        world.Npm.Answer("a", huge);
        world.NuGet.Answer("/registration/a/index.json", huge);
        var answers = await world.AskAsync(OfNpm("a"), OfNuGet("A"));
        Assert.Equal(2, answers.Unanswered.Count);
        Assert.All(answers.Unanswered, u => Assert.Contains("larger than", u.Reason, StringComparison.Ordinal));
        Assert.Single(world.Npm.Requests);
    }

    [Fact]
    public async Task A_server_that_says_nothing_or_goes_on_for_ever_costs_its_time_and_no_more()
    {
        await using var world = new RegistryWorld { Limits = new RegistryLimits { Request = TimeSpan.FromMilliseconds(300), Tries = 2, FirstPause = TimeSpan.FromMilliseconds(1) } };
        world.Npm.Answer("silent", WebAnswer.NotFound with { Delay = TimeSpan.FromMinutes(5) });
        world.Npm.Answer("slow", WebAnswer.Of("{") with { Endless = " ", Drip = TimeSpan.FromMilliseconds(20) });
        var answers = await world.AskAsync(OfNpm("silent"), OfNpm("slow")).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(2, answers.Unanswered.Count);
        Assert.All(answers.Unanswered, u => Assert.Contains("300ms", u.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_budget_ends_all_questions_and_what_was_not_asked_is_named()
    {
        await using var world = new RegistryWorld { Limits = new RegistryLimits { Budget = TimeSpan.FromMilliseconds(400), Parallel = 2 } };
        var entries = Enumerable.Range(0, 20).Select(i => OfNpm($"p{i}")).ToArray();
        foreach (var entry in entries)
            world.Npm.Answer(entry.Name, WebAnswer.NotFound with { Delay = TimeSpan.FromMinutes(5) });
        var answers = await world.AskAsync(entries).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(entries.Select(e => e.Name).Order(StringComparer.Ordinal), answers.Unanswered.Select(u => u.Name));
        Assert.All(answers.Unanswered, u => Assert.Contains("400ms", u.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_registry_that_is_down_is_not_asked_for_every_package()
    {
        await using var world = new RegistryWorld { Limits = new RegistryLimits { Parallel = 1, Tries = 1 } };
        var entries = Enumerable.Range(0, 50).Select(i => OfNpm($"p{i}")).ToArray();
        foreach (var entry in entries)
            world.Npm.Answer(entry.Name, new WebAnswer(503, ""));
        var answers = await world.AskAsync(entries);
        Assert.Equal(50, answers.Unanswered.Count);
        Assert.Equal(world.Limits.MostOutages, world.Npm.Requests.Count);
    }

    [Fact]
    public async Task What_was_asked_today_is_not_asked_again_and_tomorrow_it_is()
    {
        await using var world = new RegistryWorld();
        world.Npm.Put("a", new("1.0.0", Old) { Deprecated = "x\u001b[31m" }, new("1.1.0", Old));
        var first = (await world.AskAsync(OfNpm("a"))).Of(OfNpm("a"))!;
        world.Time.Advance(TimeSpan.FromHours(11));
        var second = (await world.AskAsync(OfNpm("a"))).Of(OfNpm("a"))!;
        Assert.Single(world.Npm.Requests);
        Assert.Equal((first.Published, first.Version!.Deprecated, first.Package.Asked), (second.Published, second.Version!.Deprecated, second.Package.Asked));
        // Another version of it was not asked for yet.
        await world.AskAsync(OfNpm("a"), OfNpm("a", "1.1.0"));
        Assert.Equal(2, world.Npm.Requests.Count);
        world.Time.Advance(TimeSpan.FromHours(13));
        await world.AskAsync(OfNpm("a"), OfNpm("a", "1.1.0"));
        Assert.Equal(3, world.Npm.Requests.Count);
    }

    [Fact]
    public async Task That_a_package_is_missing_is_asked_every_time()
    {
        await using var world = new RegistryWorld();
        Assert.True((await world.AskAsync(OfNpm("a"))).Of(OfNpm("a"))!.IsMissingPackage);
        world.Npm.Put("a", new NpmVersion("1.0.0", Now));
        Assert.False((await world.AskAsync(OfNpm("a"))).Of(OfNpm("a"))!.IsMissingPackage);
    }

    private static WebAnswer Redirect(string to) => new(302, "") { Headers = new Dictionary<string, string> { ["Location"] = to } };
}
