using System.Diagnostics;
using System.Runtime.Versioning;
using Canary.Alerts;
using Canary.Alerts.Redaction;
using Canary.Alerts.Storage;
using Canary.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Canary.Tests.Alerts;

[SupportedOSPlatform("linux")]
public sealed class AlertStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _clock = Some.Clock();

    private string State => _directory.At("state");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Directory_and_files_are_their_owners_alone()
    {
        using var store = Open();
        store.Silence("x", _clock.GetUtcNow(), _clock.GetUtcNow());
        Assert.Equal("drwx------", Mode(State));
        Assert.Equal([], Directory.EnumerateFiles(State).Where(f => Mode(f) != "-rw-------").ToArray());
    }

    [Fact]
    public void A_directory_that_was_open_to_others_is_closed_and_a_shared_one_refused()
    {
        Directory.CreateDirectory(State);
        File.SetUnixFileMode(State, (UnixFileMode)Convert.ToInt32("755", 8));
        Open().Dispose();
        Assert.Equal("drwx------", Mode(State));

        string shared = _directory.At("shared");
        Directory.CreateDirectory(shared);
        File.WriteAllText(Path.Combine(shared, "another's"), "");
        File.SetUnixFileMode(shared, (UnixFileMode)Convert.ToInt32("1777", 8));
        Assert.Contains("can be written by others", Assert.Throws<StateException>(() => AlertStore.Open(shared, "x", _clock)).Message, StringComparison.Ordinal);
        Assert.Equal("drwxrwxrwt", Mode(shared));
    }

    [Fact]
    public void A_second_owner_is_refused_and_told_who_holds_it()
    {
        using (Open())
        {
            var refused = Assert.Throws<StateException>(() => AlertStore.Open(State, "canary daemon", _clock));
            Assert.True(refused.InUse);
            Assert.Equal($"{State} is in use by canary watch (pid {Environment.ProcessId}, since 2026-03-04 12:00:00 UTC); stop that one, or choose another directory with --state", refused.Message);
            Assert.StartsWith("canary watch", AlertStore.OwnerOf(State), StringComparison.Ordinal);
        }

        Assert.Null(AlertStore.OwnerOf(State));
        Open().Dispose();
    }

    [Fact]
    public async Task Another_process_that_is_killed_leaves_the_directory_free()
    {
        Open().Dispose();
        string lockFile = Path.Combine(State, "lock");
        // One process that holds the lock itself: a child of its own might outlive it by a moment.
        using var holder = Process.Start(new ProcessStartInfo("flock", ["--no-fork", lockFile, "sleep", "60"]))!;
        await Until(() => AlertStore.OwnerOf(State) is not null);
        Assert.True(Assert.Throws<StateException>(Open).InUse);
        holder.Kill();
        await holder.WaitForExitAsync();
        Open().Dispose();
    }

    [Fact]
    public async Task Alerts_are_read_beside_a_running_owner()
    {
        using var store = Open();
        await PostAsync(store, 3);
        using var beside = AlertStore.OpenBeside(State)!;
        Assert.Equal(3, beside.List(new AlertFilter()).Count());
        Assert.Single(beside.Find(beside.List(new AlertFilter()).First().Id));
        Assert.Empty(beside.Find("nothing"));
        await PostAsync(store, 5, "second");
        Assert.Equal(8, beside.List(new AlertFilter()).Count());
    }

    [Fact]
    public void Where_nothing_was_stored_there_is_nothing_to_read() => Assert.Null(AlertStore.OpenBeside(State));

    [Fact]
    public async Task A_list_longer_than_a_page_is_whole_and_newest_first()
    {
        using var store = Open();
        await PostAsync(store, 250);
        var ids = store.List(new AlertFilter()).Select(a => a.Subject.Identity).ToList();
        Assert.Equal(Enumerable.Range(0, 250).Reverse().Select(i => $"x {i}"), ids);
    }

    [Fact]
    public void A_file_of_the_first_version_is_brought_up_to_date_with_what_it_holds()
    {
        Directory.CreateDirectory(State);
        using (var old = new SqliteConnection($"Data Source={State}/alerts.db;Pooling=False"))
        {
            old.Open();
            using var command = old.CreateCommand();
            command.CommandText = File.ReadAllText(Checkout.At("tests/fixtures/state/version-1.sql"));
            command.ExecuteNonQuery();
        }

        Assert.Contains("older Canary", Assert.Throws<StateException>(() => AlertStore.OpenBeside(State)).Message, StringComparison.Ordinal);
        using var store = Open();
        var alert = Assert.Single(store.List(new AlertFilter()));
        Assert.Equal(("secret-sent", 4L, 0L, false), (alert.Rule.Slug, alert.Count, alert.Folded, alert.Silenced));
        Assert.Equal(1, store.OutboxCounts().Waiting);
    }

    [Fact]
    public void A_file_of_a_later_version_is_left_alone()
    {
        Open().Dispose();
        using (var later = new SqliteConnection($"Data Source={State}/alerts.db;Pooling=False"))
        {
            later.Open();
            using var command = later.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        Assert.Contains("newer Canary (format 99", Assert.Throws<StateException>(Open).Message, StringComparison.Ordinal);
        Assert.Null(AlertStore.OwnerOf(State));
    }

    [Fact]
    public void A_file_that_is_no_store_any_more_is_set_aside_and_said_in_words()
    {
        Open().Dispose();
        File.WriteAllText(Path.Combine(State, "alerts.db"), new string('x', 8192));
        using var store = Open();
        Assert.Contains("0 could be read", store.Mended, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(State, "alerts.db.damaged-*"), f => new FileInfo(f).Length == 8192);
    }

    [Fact]
    public async Task A_full_disk_is_said_in_words_and_what_could_not_be_stored_is_shown_and_stored_later()
    {
        using var store = Open();
        store.Database.Run("PRAGMA max_page_count = 40");
        var desk = new AlertDesk(store, Some.Policy with { RateLimit = 10_000 }, new Redactor(), _clock, "host");
        var shown = new HashSet<string>();
        int doubles = 0;
        desk.Stored += (alert, sighting) => doubles += shown.Add(alert.Subject.Identity) ? 0 : 1;
        for (int i = 0; i < 400; i++)
            Assert.True(desk.TryPost(Some.Finding(identity: $"x {i}")));
        var run = desk.RunAsync(CancellationToken.None);
        await Until(() => desk.Trouble is not null && shown.Count == 400);
        Assert.Contains("the disk is full", desk.Trouble, StringComparison.Ordinal);
        Assert.True(store.Count < 400);

        store.Database.Run("PRAGMA max_page_count = 1000000");
        for (int i = 0; i < 100 && store.Count < 400; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(6));
            await Task.Delay(20);
        }

        Assert.Equal(400, store.Count);
        Assert.Null(desk.Trouble);
        await desk.DrainAsync();
        await run;
        Assert.Equal((0, 0L), (doubles, desk.TakeLost()));
    }

    [Fact]
    public async Task Old_alerts_and_those_beyond_the_size_go_and_are_counted()
    {
        using var store = Open();
        await PostAsync(store, 20, "old");
        _clock.Advance(TimeSpan.FromDays(91));
        await PostAsync(store, 2000, "new");
        Pruning.Run(store, Some.Policy, _clock.GetUtcNow());
        Assert.Equal(2020, store.Count);
        // A clock that leaps is followed an hour at a time.
        for (int look = 0; look < 91 * 24; look++)
            Pruning.Run(store, Some.Policy, _clock.GetUtcNow());
        Assert.Equal(2000, store.Count);
        long limit = store.Bytes / 2;
        Pruning.Run(store, Some.Policy with { SizeLimit = limit }, _clock.GetUtcNow());
        Assert.InRange(store.Bytes, 1, limit);
        Assert.Equal("new 1999", store.List(new AlertFilter()).First().Subject.Identity);
        Assert.Equal(20, store.Database.Number("SELECT count FROM tally WHERE name = 'pruned_age'"));
        Assert.Equal(2000 - store.Count, store.Database.Number("SELECT count FROM tally WHERE name = 'pruned_size'"));
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_said_in_words() =>
        Assert.Contains("choose another with --state", Assert.Throws<StateException>(() => AlertStore.Open("/proc/canary", "x", _clock)).Message, StringComparison.Ordinal);

    private AlertStore Open() => AlertStore.Open(State, "canary watch", _clock);

    private async Task PostAsync(AlertStore store, int count, string name = "x")
    {
        var desk = new AlertDesk(store, Some.Policy with { RateLimit = 10_000, Retention = TimeSpan.FromDays(3650) }, new Redactor(), _clock, "host");
        for (int i = 0; i < count; i++)
            Assert.True(desk.TryPost(Some.Finding(identity: $"{name} {i}")));
        var run = desk.RunAsync(CancellationToken.None);
        await desk.DrainAsync();
        await run;
    }

    private static string Mode(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%A", path]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }

    private static async Task Until(Func<bool> holds)
    {
        for (int i = 0; i < 2000 && !holds(); i++)
            await Task.Delay(5);
        Assert.True(holds());
    }
}
