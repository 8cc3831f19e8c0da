using Canary.Alerts;
using Canary.Alerts.Redaction;
using Canary.Alerts.Storage;
using Canary.Findings;
using Canary.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Canary.Tests.Alerts;

public sealed class OutboxTests : IDisposable
{
    private static readonly AlertPolicy Policy = Some.Policy with { Routes = [Some.ToEmail], RateLimit = 1000 };
    private readonly TemporaryDirectory _state = new();
    private readonly FakeTimeProvider _clock = Some.Clock();
    private readonly List<AlertStore> _abandoned = [];
    private AlertStore _store;
    private string _from;

    public OutboxTests() => _store = AlertStore.Open(_from = _state.Path, "a test", _clock);

    public void Dispose()
    {
        _abandoned.ForEach(store => store.Dispose());
        _store.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task A_high_alert_is_sent_at_once_and_a_low_one_waits_for_the_digest()
    {
        var notifier = new Notified();
        await PostAsync(Some.Finding(), Some.Finding(slug: "low-a", level: Level.Low), Some.Finding(slug: "medium-b", level: Level.Medium), Some.Finding(slug: "noise", level: Level.Informational));
        await using var outbox = Start(notifier);
        await Until(() => notifier.Mails.Count == 1);
        Assert.Equal((MailKind.Alert, "secret-sent"), (notifier.Mails[0].Kind, notifier.Mails[0].Alerts[0].Rule.Slug));
        await AdvanceUntil(() => notifier.Mails.Count == 2, TimeSpan.FromHours(6.1));
        Assert.Equal(MailKind.Digest, notifier.Mails[1].Kind);
        Assert.Equal(["low-a", "medium-b"], notifier.Mails[1].Alerts.Select(a => a.Rule.Slug));
        Assert.Equal(new OutboxCounts(0, 0, 0, null), _store.OutboxCounts());
    }

    [Fact]
    public async Task Repeated_sightings_are_told_again_only_after_the_repeat_interval_and_in_one_thread()
    {
        var notifier = new Notified();
        await using var outbox = Start(notifier);
        for (int minutes = 0; minutes <= 245; minutes += 5)
        {
            await PostAsync(Some.Finding());
            outbox.Wake();
            _clock.Advance(TimeSpan.FromMinutes(5));
        }

        await Until(() => notifier.Mails.Count == 2);
        Assert.Equal([MailKind.Alert, MailKind.Repeat], notifier.Mails.Select(m => m.Kind));
        Assert.Single(notifier.Mails.Select(m => m.Thread).Distinct());
        Assert.Equal(2, notifier.Mails.Select(m => m.MessageId).Distinct().Count());
        Assert.Equal(50, Assert.Single(_store.List(new AlertFilter())).Count);
    }

    [Fact]
    public async Task An_acknowledged_alert_counts_on_and_is_not_told_again()
    {
        await PostAsync(Some.Finding());
        string id = _store.List(new AlertFilter()).Single().Id;
        using (var beside = AlertStore.OpenBeside(_state.Path)!)
            Assert.True(beside.Acknowledge(id[..20], _clock.GetUtcNow()));
        for (int i = 0; i < 60; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(5));
            await PostAsync(Some.Finding());
        }

        Assert.Equal(61, _store.Find(id)[0].Count);
        Assert.Single(_store.Deliveries(id));
    }

    [Fact]
    public async Task A_silenced_rule_is_stored_and_told_to_nobody_until_the_silence_ends()
    {
        _store.Silence("secret-sent", _clock.GetUtcNow() + TimeSpan.FromHours(1), _clock.GetUtcNow());
        await PostAsync(Some.Finding());
        var alert = _store.List(new AlertFilter()).Single();
        Assert.True(alert.Silenced);
        Assert.Empty(_store.Deliveries(alert.Id));
        _clock.Advance(TimeSpan.FromHours(2));
        await PostAsync(Some.Finding());
        Assert.Equal(MailKind.Alert, Assert.Single(_store.Deliveries(_store.List(new AlertFilter()).First().Id)).Kind);
    }

    [Fact]
    public async Task A_failure_is_tried_again_with_growing_pauses_until_it_succeeds()
    {
        var times = new List<DateTimeOffset>();
        var notifier = new Notified(mail =>
        {
            times.Add(_clock.GetUtcNow());
            return Task.FromResult<Delivery>(mail.Attempt < 6 ? new Delivery.RetryLater("server away") : new Delivery.Delivered());
        });
        await PostAsync(Some.Finding());
        await using var outbox = Start(notifier);
        await AdvanceUntil(() => times.Count == 6, TimeSpan.FromHours(2));
        await Until(() => _store.OutboxCounts().Waiting == 0);
        Assert.Equal([1, 2, 3, 4, 5, 6], notifier.Mails.Select(m => m.Attempt));
        Assert.Single(notifier.Mails.Select(m => m.MessageId).Distinct());
        var pauses = times.Zip(times.Skip(1), (a, b) => (b - a).TotalSeconds).ToList();
        Assert.All(pauses, p => Assert.InRange(p, 3, 700));
        Assert.True(pauses[^1] > 2 * pauses[0], string.Join(' ', pauses));
    }

    [Fact]
    public async Task What_is_refused_for_good_is_counted_and_shown_with_its_reason()
    {
        await PostAsync(Some.Finding());
        await using var outbox = Start(new Notified(new Delivery.GiveUp("550 no such user")));
        await Until(() => _store.OutboxCounts().GivenUp == 1);
        var report = Assert.Single(_store.Deliveries(_store.List(new AlertFilter()).Single().Id));
        Assert.Equal((OutboxState.GivenUp, "550 no such user"), (report.State, report.Reason));
        Assert.Equal("550 no such user", _store.OutboxCounts().LastReason);
    }

    [Fact]
    public async Task A_message_that_is_put_off_for_five_days_is_given_up_and_counted()
    {
        await PostAsync(Some.Finding());
        await using var outbox = Start(new Notified(_ => Task.FromResult<Delivery>(new Delivery.RetryLater("451 later"))));
        await Until(() => _store.OutboxCounts().Failing == 1);
        _clock.Advance(TimeSpan.FromDays(5.1));
        await AdvanceUntil(() => _store.OutboxCounts().GivenUp == 1, TimeSpan.FromHours(1));
        Assert.Contains("451 later", _store.OutboxCounts().LastReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notifier_that_throws_loses_nothing()
    {
        var notifier = new Notified(mail => mail.Attempt == 1 ? throw new InvalidOperationException("a fault of ours") : Task.FromResult<Delivery>(new Delivery.Delivered()));
        await PostAsync(Some.Finding());
        await using var outbox = Start(notifier);
        await AdvanceUntil(() => notifier.Mails.Count == 2, TimeSpan.FromMinutes(5));
        await Until(() => _store.OutboxCounts().Waiting == 0);
    }

    [Fact]
    public async Task A_full_disk_keeps_nobody_from_hearing_of_a_high_alert()
    {
        _store.Database.Run("PRAGMA max_page_count = 1");
        var notifier = new Notified(new Delivery.RetryLater("busy"));
        var desk = new AlertDesk(_store, Policy, new Redactor(), _clock, "host");
        var outbox = new Outbox(_store, [notifier], _clock, "host", Policy);
        desk.Unstored += outbox.TellUnstored;
        await using var running = new Running(outbox);
        desk.TryPost(Some.Finding(slug: "low-a", level: Level.Low));
        desk.TryPost(Some.Finding(identity: new string('x', 9000)));
        var run = desk.RunAsync(CancellationToken.None);
        await AdvanceUntil(() => notifier.Mails.Count == 2, TimeSpan.FromMinutes(5));
        Assert.NotNull(desk.Trouble);
        Assert.Equal(["secret-sent", "secret-sent"], notifier.Mails.Select(m => m.Alerts[0].Rule.Slug));
        await desk.DrainAsync();
        await run;
        Assert.Equal(2, desk.TakeLost());
    }

    [Fact]
    public async Task A_dead_server_is_not_asked_once_for_each_of_many_messages()
    {
        var notifier = new Notified(_ => Task.FromResult<Delivery>(new Delivery.RetryLater("refused")));
        await PostAsync([.. Enumerable.Range(0, 200).Select(i => Some.Finding(identity: "host " + i))]);
        await using var outbox = Start(notifier);
        await Until(() => notifier.Mails.Count >= 3);
        await Task.Delay(200);
        Assert.InRange(notifier.Mails.Count, 3, 5);
        Assert.Equal(200, _store.OutboxCounts().Waiting);
    }

    [Fact]
    public async Task A_crash_between_sending_and_noting_it_gives_a_second_copy_that_is_known_as_one()
    {
        await PostAsync(Some.Finding(slug: "low-a", level: Level.Low), Some.Finding(slug: "low-b", level: Level.Low));
        _clock.Advance(TimeSpan.FromHours(7));
        var before = new Notified(_ => new TaskCompletionSource<Delivery>().Task);
        var first = Start(before);
        await Until(() => before.Mails.Count == 1);
        // Digest rows that come in after the crash must not get into the message that was perhaps sent.
        Crash();
        await PostAsync(Some.Finding(slug: "low-c", level: Level.Low));
        var after = new Notified();
        await using var second = Start(after);
        await Until(() => after.Mails.Count >= 1);
        var copy = after.Mails.Single(m => m.MessageId == before.Mails[0].MessageId);
        Assert.Equal(before.Mails[0].Alerts.Select(a => a.Id), copy.Alerts.Select(a => a.Id));
        Assert.Equal((MailKind.Digest, 2, 1, 2), (copy.Kind, copy.Alerts.Count, before.Mails[0].Attempt, copy.Attempt));
        _ = first;
    }

    [Fact]
    public async Task A_storm_with_the_server_down_survives_being_killed_at_any_moment()
    {
        var down = new Notified(_ => Task.FromResult<Delivery>(new Delivery.RetryLater("down")));
        await using (Start(down))
        {
            var desk = new AlertDesk(_store, Policy, new Redactor(), _clock, "host");
            var run = desk.RunAsync(CancellationToken.None);
            for (int i = 0; i < 500; i++)
                Assert.True(desk.TryPost(Some.Finding(identity: "host " + i)));
            await Until(() => _store.Count >= 100);
            Crash();
            await desk.DrainAsync();
            await run;
        }

        var stored = _store.List(new AlertFilter()).Select(a => a.Id).ToHashSet();
        Assert.InRange(stored.Count, 100, 500);
        var up = new Notified();
        await using var outbox = Start(up);
        await AdvanceUntil(() => up.Mails.SelectMany(m => m.Alerts).Select(a => a.Id).Distinct().Count() == stored.Count, TimeSpan.FromHours(1));
        Assert.Equal(stored, up.Mails.SelectMany(m => m.Alerts).Select(a => a.Id).ToHashSet());
        await Until(() => _store.OutboxCounts().Waiting == 0);
    }

    /// <summary>What the disk holds at this moment as another process would find it after a kill -9: the files are copied in mid-flight and opened anew.</summary>
    private void Crash()
    {
        string copy = _state.At("after-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(copy);
        // Within a transaction nobody moves the log into the database between the two copies.
        _store.Database.Write(_ =>
        {
            foreach (string name in (string[])["alerts.db", "alerts.db-wal"])
            {
                if (File.Exists(Path.Combine(_from, name)))
                    File.Copy(Path.Combine(_from, name), Path.Combine(copy, name));
            }

            return true;
        });

        _abandoned.Add(_store);
        _from = copy;
        _store = AlertStore.Open(copy, "after the crash", _clock);
    }

    private async Task PostAsync(params Finding[] findings)
    {
        var desk = new AlertDesk(_store, Policy, new Redactor(), _clock, "host");
        foreach (var finding in findings)
            Assert.True(desk.TryPost(finding));
        var run = desk.RunAsync(CancellationToken.None);
        await desk.DrainAsync();
        await run;
    }

    private Running Start(INotifier notifier) => new(new Outbox(_store, [notifier], _clock, "host"));

    private static async Task Until(Func<bool> holds)
    {
        for (int i = 0; i < 4000 && !holds(); i++)
            await Task.Delay(5);
        Assert.True(holds());
    }

    /// <summary>Lets the clock run in small steps, with time for the work between them.</summary>
    private async Task AdvanceUntil(Func<bool> holds, TimeSpan limit)
    {
        var end = _clock.GetUtcNow() + limit;
        while (!holds() && _clock.GetUtcNow() < end)
        {
            _clock.Advance(TimeSpan.FromSeconds(limit.TotalSeconds / 400));
            await Task.Delay(5);
        }

        await Until(holds);
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Outbox _outbox;
        private readonly Task _run;

        public Running(Outbox outbox)
        {
            _outbox = outbox;
            _run = outbox.RunAsync(_stop.Token);
        }

        public void Wake() => _outbox.Wake();

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
            _stop.Dispose();
        }
    }
}
