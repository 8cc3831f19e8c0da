using Canary.Packages;
using Canary.Registries;
using Canary.Scanning;
using Canary.Tests.Support;
using Xunit;
using static Canary.Tests.Registries.RegistryWorld;

namespace Canary.Tests.Registries;

public sealed class NuGetRegistryTests
{
    private static readonly DateTimeOffset Old = Now.AddYears(-2);

    [Fact]
    public async Task A_version_has_its_day_its_fault_and_what_its_owner_says()
    {
        await using var world = new RegistryWorld();
        world.NuGet.Put("Some.Package", ["alice", "bob"], new("1.0.0", Old), new("1.1.0", Now.AddHours(-5)) { Deprecated = "old ways", Advisory = "https://github.com/advisories/GHSA-1" });
        // A project may write the version, and the name, in another way than the feed.
        var entry = OfNuGet("some.package", "1.1");
        var facts = (await world.AskAsync(entry)).Of(entry)!;
        Assert.Equal((true, true, "Legacy: old ways", "Other.Package"), (facts.Version!.Exists, facts.Version.Listed, facts.Version.Deprecated, facts.Version.Alternate));
        Assert.Equal(("https://github.com/advisories/GHSA-1", 2), (Assert.Single(facts.Version.Vulnerabilities).Advisory, facts.Version.Vulnerabilities[0].Severity));
        Assert.Equal((Now.AddHours(-5), Old), (facts.Published, facts.Package.FirstPublished));
        Assert.Equal(["alice", "bob"], facts.Package.Owners);
        Assert.Null(facts.Version.HasProvenance);
    }

    [Fact]
    public async Task What_is_unlisted_has_no_day()
    {
        await using var world = new RegistryWorld();
        world.NuGet.Put("A", [], new("1.0.0", Old) { Listed = false }, new("2.0.0", Old));
        var answers = await world.AskAsync(OfNuGet("A"), OfNuGet("A", "2.0.0"));
        Assert.Equal((false, null), (answers.Of(OfNuGet("A"))!.Version!.Listed, answers.Of(OfNuGet("A"))!.Published));
        Assert.True(answers.Of(OfNuGet("A", "2.0.0"))!.Version!.Listed);
    }

    [Fact]
    public async Task Both_resources_must_know_nothing_of_a_package_before_it_is_missing()
    {
        await using var world = new RegistryWorld();
        world.NuGet.Answer("/flat/fresh/index.json", WebAnswer.Of("""{"versions": ["1.0.0"]}"""));
        var answers = await world.AskAsync(OfNuGet("Fresh"), OfNuGet("Fresh", "2.0.0"), OfNuGet("Invented"));
        Assert.True(answers.Of(OfNuGet("Fresh"))!.Version!.Exists);
        Assert.True(answers.Of(OfNuGet("Fresh", "2.0.0"))!.IsMissingVersion);
        Assert.True(answers.Of(OfNuGet("Invented"))!.IsMissingPackage);
        Assert.Contains("/flat/invented/index.json", world.NuGet.Requests);
        Assert.Contains("/registration/invented/index.json", world.NuGet.Requests);
    }

    [Fact]
    public async Task A_feed_without_search_has_no_owners_and_all_else()
    {
        await using var world = new RegistryWorld { NuGet = new FakeNuGet(withSearch: false) };
        world.NuGet.Put("A", ["alice"], new NuGetVersion("1.0.0", Old));
        var facts = (await world.AskAsync(OfNuGet("A"))).Of(OfNuGet("A"))!;
        Assert.True(facts.Version!.Exists);
        Assert.Empty(facts.Package.Owners);
    }

    [Fact]
    public async Task New_owners_are_seen_against_those_that_are_remembered()
    {
        await using var world = new RegistryWorld();
        world.NuGet.Put("A", ["alice"], new NuGetVersion("1.0.0", Old));
        Assert.Null((await world.AskAsync(OfNuGet("A"))).Of(OfNuGet("A"))!.Package.OwnersChanged);
        world.NuGet.Own("A", "mallory");
        world.Time.Advance(TimeSpan.FromDays(20));
        var changed = (await world.AskAsync(OfNuGet("A"))).Of(OfNuGet("A"))!.Package;
        Assert.Equal((Now.AddDays(20), "alice", "mallory"), (changed.OwnersChanged!.Value, changed.OwnersBefore.Single(), changed.Owners.Single()));
        var inventory = new Inventory();
        inventory.Add(OfNuGet("A"));
        var finding = Assert.Single(RegistryFindings.Of(inventory, await world.AskAsync(OfNuGet("A")), CooldownSettings.Read(world.Tree), TimeSpan.Zero, Now.AddDays(20)));
        Assert.Equal(("publisher_changed", "owned by mallory since 2026-11-21 at the latest; before by alice"), (finding.Rule.Slug, finding.Why));
        // It is said for a month, not only in the one scan that saw it first.
        world.Time.Advance(TimeSpan.FromDays(20));
        Assert.Equal(Now.AddDays(20), (await world.AskAsync(OfNuGet("A"))).Of(OfNuGet("A"))!.Package.OwnersChanged);
        world.Time.Advance(TimeSpan.FromDays(20));
        Assert.Null((await world.AskAsync(OfNuGet("A"))).Of(OfNuGet("A"))!.Package.OwnersChanged);
    }

    [Theory]
    [InlineData("/registration/a/index.json", "{\"items\": 3")]
    [InlineData("/registration/a/index.json", "<xml/>")]
    [InlineData("/registration/a/page/0.json", "[[[[")]
    [InlineData("/v3/index.json", "{}")]
    [InlineData("/v3/index.json", "")]
    [InlineData("/v3/index.json", """{"version": "3.0.0", "resources": [{"@id": "file:///etc/passwd", "@type": "RegistrationsBaseUrl/3.6.0"}]}""")]
    public async Task A_feed_that_answers_nonsense_gave_no_answer(string path, string body)
    {
        await using var world = new RegistryWorld();
        world.NuGet.Put("A", [], new NuGetVersion("1.0.0", Old));
        world.NuGet.Answer(path, WebAnswer.Of(body));
        var answers = await world.AskAsync(OfNuGet("A"));
        Assert.Null(answers.Of(OfNuGet("A")));
        Assert.Equal("A", Assert.Single(answers.Unanswered).Name);
    }

    [Fact]
    public async Task An_index_that_names_another_host_leads_nowhere()
    {
        await using var other = WebServer.Start(_ => WebAnswer.NotFound);
        await using var world = new RegistryWorld { NuGet = new FakeNuGet(other: other.Address) };
        var answers = await world.AskAsync(OfNuGet("Secret.Plan"));
        Assert.Contains("another host", Assert.Single(answers.Unanswered).Reason, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_feed_that_is_busy_is_asked_again_by_one_hand_and_not_by_two()
    {
        await using var world = new RegistryWorld();
        world.NuGet.Answer("/registration/a/index.json", new WebAnswer(429, "") { Headers = new Dictionary<string, string> { ["Retry-After"] = "0" } });
        var answers = await world.AskAsync(OfNuGet("A"));
        Assert.Contains("429", Assert.Single(answers.Unanswered).Reason, StringComparison.Ordinal);
        // The library's own tries on top of these would make nine.
        Assert.Equal(world.Limits.Tries, world.NuGet.Requests.Count(r => r == "/registration/a/index.json"));
    }
}
