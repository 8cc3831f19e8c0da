using Canary.Alerts;
using Canary.Alerts.Redaction;
using Canary.Alerts.Storage;
using Canary.Events;
using Canary.Findings;
using Canary.Tests.Alerts;
using Canary.Views;
using Xunit;

namespace Canary.Tests.Views;

public sealed class JournalWatchViewTests : IDisposable
{
    private readonly StringWriter _journal = new();

    public void Dispose() => _journal.Dispose();

    [Theory]
    [InlineData(Level.Critical, "<2>")]
    [InlineData(Level.High, "<3>")]
    [InlineData(Level.Medium, "<4>")]
    [InlineData(Level.Low, "<5>")]
    public async Task Every_line_of_an_alert_has_the_priority_of_its_level(Level level, string priority)
    {
        using var view = new JournalWatchView(_journal, Level.Low);
        view.Alert(await AlertAsync(level), Sighting.First);
        string[] lines = _journal.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length > 5);
        Assert.All(lines, l => Assert.StartsWith(priority, l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_below_the_level_or_told_already_is_not_said()
    {
        using var view = new JournalWatchView(_journal, Level.High);
        view.Alert(await AlertAsync(Level.Medium), Sighting.First);
        view.Alert(await AlertAsync(Level.High), Sighting.Again);
        Assert.Equal("", _journal.ToString());
    }

    [Fact]
    public void Losses_are_errors_and_notes_are_notices_of_one_line()
    {
        using var view = new JournalWatchView(_journal, Level.Low);
        view.Lost(new SensorLoss("ebpf", "process", 7));
        view.Note("one\n<2>two");
        string[] lines = _journal.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["<3>lost 7 process events (ebpf)", "<5>one"], lines.Select(l => l.Split(": ")[0].Split('\\')[0]));
    }

    private static async Task<Alert> AlertAsync(Level level)
    {
        using var store = AlertStore.InMemory();
        var desk = new AlertDesk(store, Some.Policy, new Redactor(), Some.Clock(), "host");
        desk.TryPost(Some.Finding(level: level));
        var run = desk.RunAsync(CancellationToken.None);
        await desk.DrainAsync();
        await run;
        return store.List(new AlertFilter()).Single();
    }
}
