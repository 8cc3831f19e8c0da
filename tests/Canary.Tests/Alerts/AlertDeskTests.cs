using Canary.Alerts;
using Canary.Alerts.Redaction;
using Canary.Alerts.Storage;
using Canary.Findings;
using Canary.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Canary.Tests.Alerts;

public sealed class AlertDeskTests : IDisposable
{
    private readonly TemporaryDirectory _state = new();
    private readonly FakeTimeProvider _clock = Some.Clock();
    private readonly AlertStore _store;

    public AlertDeskTests() => _store = AlertStore.Open(_state.Path, "a test", _clock);

    public void Dispose()
    {
        _store.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task Sightings_of_one_thing_are_one_alert_that_counts()
    {
        await PostAsync(Some.Policy, Some.Finding(), Some.Finding(), Some.Finding());
        Assert.Equal([("secret-sent", 3L)], Stored());
    }

    [Fact]
    public async Task Another_session_subject_or_rule_is_another_alert()
    {
        await PostAsync(Some.Policy, Some.Finding(), Some.Finding(session: "s2"), Some.Finding(identity: "curl 198.51.100.1:80"), Some.Finding(slug: "other"));
        Assert.Equal(4, _store.Count);
    }

    [Fact]
    public async Task A_sighting_after_the_group_window_is_a_new_alert()
    {
        await PostAsync(Some.Policy, Some.Finding());
        _clock.Advance(TimeSpan.FromMinutes(9));
        await PostAsync(Some.Policy, Some.Finding());
        _clock.Advance(TimeSpan.FromMinutes(11));
        await PostAsync(Some.Policy, Some.Finding());
        Assert.Equal([("secret-sent", 1L), ("secret-sent", 2L)], Stored());
    }

    [Fact]
    public async Task A_rule_that_floods_is_folded_into_one_alert_and_nothing_goes_uncounted()
    {
        await PostAsync(
            Some.Policy with { RateLimit = 3 },
            [.. Enumerable.Range(0, 10).Select(i => Some.Finding(identity: "host " + i)), Some.Finding(slug: "quiet-rule")]);
        Assert.Equal([("quiet-rule", 1L), ("secret-sent", 7L), ("secret-sent", 1L), ("secret-sent", 1L), ("secret-sent", 1L)], Stored());
        Assert.Equal(7, _store.List(new AlertFilter()).Single(a => a.Folded > 0).Folded);
    }

    [Fact]
    public async Task The_rate_limit_opens_again_after_its_window()
    {
        var policy = Some.Policy with { RateLimit = 1 };
        var desk = new AlertDesk(_store, policy, new Redactor(), _clock, "host");
        desk.TryPost(Some.Finding(identity: "a"));
        desk.TryPost(Some.Finding(identity: "b"));
        var run = desk.RunAsync(CancellationToken.None);
        await Eventually(() => _store.Count == 2);
        _clock.Advance(TimeSpan.FromMinutes(10));
        desk.TryPost(Some.Finding(identity: "c"));
        await desk.DrainAsync();
        await run;
        Assert.Equal([0, 1, 0], _store.List(new AlertFilter()).Select(a => (int)a.Folded));
    }

    [Fact]
    public async Task A_full_queue_counts_what_it_cannot_take()
    {
        var desk = new AlertDesk(_store, Some.Policy, new Redactor(), _clock, "host");
        int refused = Enumerable.Range(0, 9000).Count(_ => !desk.TryPost(Some.Finding()));
        Assert.True(refused > 0);
        Assert.Equal(refused, desk.TakeLost());
        Assert.Equal(0, desk.TakeLost());
        var run = desk.RunAsync(CancellationToken.None);
        await desk.DrainAsync();
        await run;
        Assert.Equal([("secret-sent", 9000L - refused)], Stored());
    }

    [Fact]
    public async Task What_was_posted_before_a_stop_is_stored()
    {
        var desk = new AlertDesk(_store, Some.Policy, new Redactor(), _clock, "host");
        for (int i = 0; i < 600; i++)
            desk.TryPost(Some.Finding());
        await desk.RunAsync(new CancellationToken(true));
        Assert.Equal([("secret-sent", 600L)], Stored());
    }

    [Fact]
    public async Task A_finding_that_no_alert_can_be_made_of_is_counted_and_stops_no_other()
    {
        var desk = new AlertDesk(_store, Some.Policy, new Redactor(), _clock, "host");
        desk.Stored += (_, _) => throw new InvalidOperationException("a view's fault");
        var finding = Some.Finding();
        for (int i = 0; i < 9; i++)
            desk.TryPost(i == 4 ? finding with { Matched = null! } with { Rule = Some.Rule("broken") } : Some.Finding(identity: "x " + i));
        var run = desk.RunAsync(CancellationToken.None);
        await desk.DrainAsync();
        await run;
        Assert.Equal((8, 1), (_store.Count, desk.TakeLost()));
        Assert.NotNull(desk.Trouble);
    }

    [Fact]
    public async Task An_alert_is_on_disk_when_it_is_shown()
    {
        var desk = new AlertDesk(_store, Some.Policy, new Redactor(), _clock, "host");
        var found = new List<int>();
        desk.Stored += (alert, _) =>
        {
            using var beside = AlertStore.OpenBeside(_state.Path);
            found.Add(beside!.Find(alert.Id).Count);
        };
        desk.TryPost(Some.Finding());
        var run = desk.RunAsync(CancellationToken.None);
        await desk.DrainAsync();
        await run;
        Assert.Equal([1], found);
    }

    private async Task PostAsync(AlertPolicy policy, params Finding[] findings)
    {
        var desk = new AlertDesk(_store, policy, new Redactor(), _clock, "host");
        foreach (var finding in findings)
            Assert.True(desk.TryPost(finding));
        var run = desk.RunAsync(CancellationToken.None);
        await desk.DrainAsync();
        await run;
    }

    private (string Slug, long Count)[] Stored() => [.. _store.List(new AlertFilter()).Select(a => (a.Rule.Slug, a.Count))];

    private static async Task Eventually(Func<bool> holds)
    {
        for (int i = 0; i < 1000 && !holds(); i++)
            await Task.Delay(5);
        Assert.True(holds());
    }
}
