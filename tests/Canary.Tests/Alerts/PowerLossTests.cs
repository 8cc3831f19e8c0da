using System.Runtime.Versioning;
using Canary.Alerts;
using Canary.Alerts.Redaction;
using Canary.Alerts.Storage;
using Canary.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Canary.Tests.Alerts;

/// <summary>What is left of the store after the power went in the worst moment, and after a disk forgot or garbled some of it.</summary>
[SupportedOSPlatform("linux")]
public sealed class PowerLossTests : IDisposable
{
    private const int Alerts = 8;
    private const int WalHeader = 32, FrameHeader = 24;

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _clock = Some.Clock();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Every_alert_whose_commit_was_acknowledged_is_there_wherever_the_log_is_cut_behind_it()
    {
        var (state, commits) = await StoreAsync();
        var cuts = commits.SelectMany(c => (long[])[c, c + 1, c + FrameHeader - 1, c + FrameHeader, c + FrameHeader + 1, c + FrameHeader + 2048, c + FrameHeader + 4095])
            .Append(commits[^1] + 100_000).Distinct().Where(c => c <= Log(state).Length || c == commits[^1]);
        foreach (long cut in cuts)
        {
            int acknowledged = commits.Count(c => c <= cut);
            Expect(acknowledged, Copy(state, log => log.SetLength(cut)), $"cut at {cut}");
        }
    }

    [Fact]
    public async Task So_it_is_where_the_rest_of_the_log_is_zeros_or_noise_and_where_one_frame_is_torn()
    {
        var (state, commits) = await StoreAsync();
        var random = new Random(1);
        for (int kept = 1; kept < commits.Count; kept++)
        {
            foreach (string how in (string[])["zeros", "noise", "torn"])
            {
                string copy = Copy(state, log =>
                {
                    byte[] rest = new byte[log.Length - commits[kept - 1]];
                    log.Position = commits[kept - 1];
                    log.ReadExactly(rest);
                    if (how == "zeros")
                        Array.Clear(rest);
                    else if (how == "noise")
                        random.NextBytes(rest);
                    else
                        rest[FrameHeader + 2000] ^= 0xff;
                    log.Position = commits[kept - 1];
                    log.Write(rest);
                });
                Expect(kept, copy, $"{how} after {kept}");
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(WalHeader - 1)]
    [InlineData(WalHeader)]
    public async Task A_log_without_its_beginning_leaves_what_was_in_the_file_itself(int length)
    {
        var (state, _) = await StoreAsync(checkpointAfter: 3);
        using var store = AlertStore.Open(Copy(state, log => log.SetLength(length)), "a test", _clock, suspect: true);
        Assert.Null(store.Mended);
        Assert.Equal(3, store.Count);
    }

    [Fact]
    public async Task Of_a_file_with_a_garbled_page_what_can_be_read_is_taken_over_and_new_alerts_are_stored()
    {
        var (state, _) = await StoreAsync(checkpointAfter: Alerts, alerts: 400);
        string file = Path.Combine(state, AlertStore.FileName);
        long pages = new FileInfo(file).Length / 4096;
        Assert.True(pages > 60, $"only {pages} pages");
        int mended = 0;
        for (long page = 1; page < pages; page += 7)
        {
            string copy = Copy(state, _ => { });
            using (var torn = File.Open(Path.Combine(copy, AlertStore.FileName), FileMode.Open))
            {
                torn.Position = page * 4096;
                torn.Write(new byte[4096]);
            }

            using var store = AlertStore.Open(copy, "a test", _clock, suspect: true);
            if (store.Mended is null)
            {
                // A page that nothing uses.
                Assert.Equal(400, store.Count);
                continue;
            }

            mended++;
            // One leaf holds a few alerts; the root of a tree or the schema may hold the way to many.
            Assert.Contains("could be read and were taken over", store.Mended, StringComparison.Ordinal);
            Assert.Null(Salvage.Fault(store.Database));
            await PostAsync(store, "afterwards");
            Assert.Contains(store.List(new AlertFilter()), a => a.Subject.Identity == "afterwards");
        }

        Assert.True(mended > 5, $"only {mended} damages were seen");
    }

    [Fact]
    public async Task A_zeroed_tail_of_the_file_costs_no_alert_before_it()
    {
        var (state, _) = await StoreAsync(checkpointAfter: Alerts, alerts: 400);
        string copy = Copy(state, _ => { });
        using (var torn = File.Open(Path.Combine(copy, AlertStore.FileName), FileMode.Open))
        {
            long tail = torn.Length / 4096 * 3 / 4 * 4096;
            torn.Position = tail;
            torn.Write(new byte[torn.Length - tail]);
        }

        using var store = AlertStore.Open(copy, "a test", _clock, suspect: true);
        Assert.NotNull(store.Mended);
        Assert.InRange(store.Count, 200, 399);
        Assert.Equal("x 0", store.List(new AlertFilter()).Last().Subject.Identity);
    }

    [Fact]
    public async Task Of_damaged_files_the_newest_three_are_kept()
    {
        var (state, _) = await StoreAsync();
        for (int i = 0; i < 5; i++)
        {
            File.WriteAllText(Path.Combine(state, AlertStore.FileName), new string('x', 8192));
            AlertStore.Open(state, "a test", _clock).Dispose();
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(3, Directory.GetFiles(state, "alerts.db.damaged-*").Count(f => !f.EndsWith("-wal", StringComparison.Ordinal) && !f.EndsWith("-shm", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_clock_that_leaps_ten_years_ahead_ages_no_alert()
    {
        using var store = AlertStore.Open(_directory.At("leap"), "a test", _clock);
        await PostAsync(store, "before");
        Pruning.Run(store, Some.Policy, _clock.GetUtcNow());
        for (int look = 0; look < 6 * 24; look++)
            Pruning.Run(store, Some.Policy, _clock.GetUtcNow().AddYears(10));
        Pruning.Run(store, Some.Policy, _clock.GetUtcNow());
        Assert.Equal(1, store.Count);
    }

    private void Expect(int acknowledged, string state, string what)
    {
        using var store = AlertStore.Open(state, "a test", _clock, suspect: true);
        var ids = store.List(new AlertFilter()).Select(a => a.Subject.Identity).ToHashSet();
        for (int i = 0; i < acknowledged; i++)
            Assert.True(ids.Contains($"x {i}"), $"{what}: alert {i} of {acknowledged} is lost; {store.Mended}");
        Assert.True(store.Mended is null, $"{what}: {store.Mended}");
    }

    /// <summary>A directory with a log that was not written back, as a kill leaves it, and how long the log was after each commit.</summary>
    private async Task<(string State, List<long> Commits)> StoreAsync(int checkpointAfter = 0, int alerts = Alerts)
    {
        string live = _directory.At("live"), left = _directory.At("left");
        var commits = new List<long>();
        using (var store = AlertStore.Open(live, "a test", _clock))
        {
            for (int i = 0; i < alerts; i++)
            {
                await PostAsync(store, $"x {i}");
                if (i + 1 == checkpointAfter || alerts > Alerts && i + 1 == alerts)
                    store.Database.Rows("PRAGMA wal_checkpoint(TRUNCATE)", static r => r.GetInt64(0));
                else
                    commits.Add(Log(live).Length);
            }

            Directory.CreateDirectory(left);
            foreach (string name in (string[])["alerts.db", "alerts.db-wal"])
                File.Copy(Path.Combine(live, name), Path.Combine(left, name));
        }

        return (left, commits);
    }

    private string Copy(string state, Action<FileStream> change)
    {
        string copy = _directory.At(Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(state))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        using var log = File.Open(Log(copy).FullName, FileMode.OpenOrCreate);
        change(log);
        return copy;
    }

    private static FileInfo Log(string state) => new(Path.Combine(state, AlertStore.FileName + "-wal"));

    private async Task PostAsync(AlertStore store, string identity)
    {
        var desk = new AlertDesk(store, Some.Policy with { RateLimit = 10_000, Retention = TimeSpan.FromDays(3650) }, new Redactor(), _clock, "host");
        Assert.True(desk.TryPost(Some.Finding(identity: identity)));
        var run = desk.RunAsync(CancellationToken.None);
        await desk.DrainAsync();
        await run;
    }
}
