using Canary.Events;
using Canary.Findings;
using Canary.Tests.Support;
using Canary.Watching;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Canary.Tests.Watching;

/// <summary>Two runs with something between them: what the second says of it.</summary>
public sealed class RunBookTests : IDisposable
{
    private readonly TemporaryDirectory _state = new();
    private readonly FakeTimeProvider _wall = new(new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero));
    private readonly Uptime _clock = new() { Ns = 3_600_000_000_000 };

    private string Note => _state.At(RunBook.FileName);

    public void Dispose() => _state.Dispose();

    [Fact]
    public void The_first_run_of_all_has_nothing_to_say() => Assert.Null(Book().Begin(hasHistory: false));

    [Fact]
    public void A_run_that_was_killed_is_an_alert_from_its_last_beat_on()
    {
        var killed = Begun();
        Pass(TimeSpan.FromSeconds(30));
        killed.Beat();
        Pass(TimeSpan.FromSeconds(310));
        Says(RunGap.Stop, "it was killed, or it crashed. From then until 2026-03-04 12:05:40 UTC, 5 min 10 s, nothing was watched", "last sign of life at 2026-03-04 12:00:30 UTC");
        Assert.True(Book().IsSuspect);
    }

    [Fact]
    public void A_run_that_ended_as_asked_leaves_a_pause_with_its_length()
    {
        var asked = Begun();
        Pass(TimeSpan.FromMinutes(1));
        asked.End();
        Assert.False(Book().IsSuspect);
        Pass(TimeSpan.FromSeconds(2.5));
        Says(RunGap.Pause, "canary daemon (pid ", "ended as asked at 2026-03-04 12:01:00 UTC", "2.5 s, nothing was watched");
    }

    [Fact]
    public void A_power_cut_is_told_by_the_other_start_of_the_system()
    {
        Begun();
        Pass(TimeSpan.FromHours(30));
        _clock.Ns = 20_000_000_000;
        Says(RunGap.Stop, Book("boot-2"), "the power went", "the system was restarted since", "1 d 6 h by the clock, nothing was watched");
    }

    [Fact]
    public void An_orderly_end_before_a_restart_of_the_system_is_a_pause()
    {
        Begun().End();
        Pass(TimeSpan.FromMinutes(2));
        _clock.Ns = 1;
        Says(RunGap.Pause, Book("boot-2"), "the system was restarted since. From then until 2026-03-04 12:02:00 UTC, 2 min 0 s by the clock");
    }

    [Fact]
    public void A_clock_that_was_moved_does_not_change_the_length()
    {
        Begun();
        _wall.AdjustTime(_wall.GetUtcNow().AddHours(-3));
        _clock.Ns += 60_000_000_000;
        Says(RunGap.Stop, "1 min 0 s, nothing was watched; the clock was set back by 3 h 1 min meanwhile");
    }

    [Fact]
    public void A_clock_that_was_set_back_over_a_restart_is_said_and_no_length_is_made_up()
    {
        Begun();
        _wall.AdjustTime(_wall.GetUtcNow().AddDays(-2));
        Says(RunGap.Stop, Book("boot-2"), "is not known: the clock is 2 d 0 h behind that sign, it was set back");
    }

    [Fact]
    public void A_length_of_decades_is_not_believed()
    {
        Begun();
        _wall.AdjustTime(_wall.GetUtcNow().AddYears(30));
        Says(RunGap.Stop, Book("boot-2"), "is not known: by the clock it would be 10958 d 0 h, so one of the two times is wrong");
    }

    [Fact]
    public void An_uptime_that_runs_backwards_is_a_snapshot()
    {
        Begun();
        _clock.Ns -= 1_000_000_000;
        Says(RunGap.Stop, "as in a snapshot that was restored");
    }

    [Fact]
    public void Where_the_start_of_the_system_is_not_known_the_clock_counts()
    {
        Book(null).Begin(hasHistory: false);
        Pass(TimeSpan.FromMinutes(1));
        Says(RunGap.Stop, Book(null), "whether the system was restarted since is not known", "1 min 0 s by the clock");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\0\0\0\0\0\0\0\0", "damaged")]
    [InlineData("{\"version\":1,\"owner\":\"daemon\",\"pid\":1,\"star", "damaged")]
    [InlineData("{}", "damaged")]
    [InlineData("null", "damaged")]
    [InlineData("{\"version\":1,\"owner\":\"daemon\",\"started\":\"no time\"}", "damaged")]
    public void A_record_that_cannot_be_read_is_said_and_counts_as_a_stop(string text, string word)
    {
        File.WriteAllText(Note, text);
        Assert.True(Book().IsSuspect);
        Says(RunGap.Stop, $"the record of the last run ({Note}) is {word}: when the last run ended, and how, is not known");
        // And the next one has a sound record again.
        Says(RunGap.Stop, "gave its last sign of life");
    }

    [Fact]
    public void A_record_as_long_as_a_disk_is_not_read()
    {
        using (var file = File.Create(Note))
            file.SetLength(1L << 40);
        Says(RunGap.Stop, "is damaged");
    }

    [Fact]
    public void A_record_that_was_taken_away_is_missed_where_there_are_alerts() =>
        Assert.Contains("there is no record of an earlier run", Book().Begin(hasHistory: true)!.Reason, StringComparison.Ordinal);

    [Fact]
    public void A_disk_that_takes_no_record_is_trouble_once_and_the_run_goes_on()
    {
        var book = Begun();
        Directory.Delete(_state.Path, recursive: true);
        book.Beat();
        Assert.Contains("the record of this run cannot be written", book.Trouble, StringComparison.Ordinal);
        Directory.CreateDirectory(_state.Path);
        book.Beat();
        Assert.Null(book.Trouble);
        Assert.NotNull(Book().Begin(false));
    }

    [Fact]
    public void Each_gap_is_an_alert_of_its_own()
    {
        Begun();
        Pass(TimeSpan.FromSeconds(20));
        string first = Book().Begin(true)!.Identity;
        Pass(TimeSpan.FromSeconds(20));
        Assert.NotEqual(first, Book().Begin(true)!.Identity);
    }

    [Fact]
    public void Only_its_owner_may_read_the_record()
    {
        Begun();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Note));
        Assert.Equal([Note], Directory.GetFiles(_state.Path));
    }

    private RunBook Book(string? boot = "boot-1") => new(_state.Path, "daemon", _clock, boot, _wall);

    private RunBook Begun()
    {
        var book = Book();
        Assert.Null(book.Begin(hasHistory: false));
        return book;
    }

    private void Pass(TimeSpan time)
    {
        _wall.Advance(time);
        _clock.Ns += (long)time.TotalNanoseconds;
    }

    private void Says(string lossClass, params string[] words) => Says(lossClass, Book(), words);

    private static void Says(string lossClass, RunBook book, params string[] words)
    {
        var gap = book.Begin(hasHistory: true)!;
        Assert.Equal(lossClass, gap.Get(Field.Named("LossClass")).ToString());
        Assert.All(words, w => Assert.Contains(w, gap.Reason, StringComparison.Ordinal));
    }

    private sealed class Uptime : IBootClock
    {
        public long Ns { get; set; }

        public long NowNs() => Ns;
    }
}
