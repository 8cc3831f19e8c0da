using System.Globalization;
using Canary.Alerts;
using Canary.Alerts.Story;
using Canary.Events;
using Canary.Findings;
using Canary.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Canary.Views;

/// <summary>On a terminal: alerts scroll by as stories, and one line below them shows the numbers of the moment.</summary>
internal sealed class LiveWatchView : IWatchView
{
    private readonly IAnsiConsole _console;
    private readonly Level _least;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _display;
    private LiveDisplayContext? _live;
    private IReadOnlyList<SensorState> _sensors = [];

    public LiveWatchView(IAnsiConsole console, Level least)
    {
        _console = console;
        _least = least;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _display = Task.Run(() => console.Live(new Paragraph("starting…")).AutoClear(true).StartAsync(async live =>
        {
            _live = live;
            ready.SetResult();
            await _end.Task;
        }));
        Task.WaitAny(ready.Task, _display);
    }

    public void Ready(IReadOnlyList<SensorState> sensors)
    {
        lock (_gate)
        {
            _sensors = sensors;
            foreach (string line in WatchWords.Sensors(sensors))
                _console.Write(new Paragraph(line + "\n", new Style(Color.Grey)));
        }

        Tick(new WatchStatus(TimeSpan.Zero, 0, 0, 0, 0));
    }

    public void Alert(Alert alert, Sighting sighting)
    {
        if (sighting == Sighting.Again || alert.Silenced || alert.Level < _least)
            return;
        lock (_gate)
            _console.Write(ColourStory.Of(alert, whole: false));
    }

    public void Lost(SensorLoss loss) => Line(WatchWords.Lost(loss), new Style(Color.Red));

    public void Note(string text) => Line(Printable.Line(text), new Style(Color.Yellow));

    public void Tick(WatchStatus status)
    {
        lock (_gate)
        {
            _live?.UpdateTarget(StatusLine(status));
            _live?.Refresh();
        }
    }

    public void Summary(WatchSummary summary)
    {
        End();
        Line(WatchWords.Summary(summary), Style.Plain);
    }

    public void Dispose() => End();

    private void End()
    {
        _end.TrySetResult();
        try
        {
            _display.Wait();
        }
        catch (AggregateException)
        {
            // The display is gone either way.
        }

        _live = null;
    }

    private void Line(string text, Style style)
    {
        lock (_gate)
            _console.Write(new Paragraph(text + "\n", style));
    }

    private Paragraph StatusLine(WatchStatus status)
    {
        var line = new Paragraph();
        line.Append(Printable.Line(string.Join(" ", _sensors.Select(s => $"{s.Name}:{s.Tier ?? "off"}"))), new Style(Color.Grey));
        line.Append(string.Create(
            CultureInfo.InvariantCulture,
            $"  {status.Running:hh\\:mm\\:ss}  {status.Sessions} sessions  {status.EventsPerSecond:0} events/s  {status.Alerts} alerts"));
        line.Append(string.Create(CultureInfo.InvariantCulture, $"  {status.Lost} lost"), status.Lost > 0 ? new Style(Color.Red) : Style.Plain);
        if (status.Mail is { Waiting: > 0 } mail)
            line.Append(string.Create(CultureInfo.InvariantCulture, $"  {mail.Waiting} mails waiting"), mail.Failing > 0 ? new Style(Color.Yellow) : Style.Plain);
        if (status.Trouble is { } trouble)
            line.Append("\n" + Printable.Line(trouble), new Style(Color.Red));
        return line;
    }
}

/// <summary>An alert in colours. Text goes in as text, never as markup.</summary>
internal static class ColourStory
{
    public static IRenderable Of(Alert alert, bool whole)
    {
        var story = new Paragraph { Overflow = Overflow.Fold };
        story.Append($" {alert.Rule.Level.ToUpperInvariant()} ", new Style(Color.White, Colour(alert.Level), Decoration.Bold));
        story.Append($" {Printable.Line(alert.Rule.Title)}\n", new Style(decoration: Decoration.Bold));
        foreach (var part in AlertStory.Of(alert))
        {
            if (!whole && part.Heading == "What to do")
                continue;
            story.Append($"  {part.Heading}\n", new Style(Color.Grey));
            foreach (var line in part.Lines)
            {
                story.Append(new string(' ', 4 + (2 * line.Depth)));
                if (line.Label is not null)
                    story.Append(line.Label + " ", new Style(Color.Grey));
                story.Append(line.Text + "\n", line.Strong ? new Style(decoration: Decoration.Bold) : Style.Plain);
            }
        }

        story.Append(whole ? "" : $"  canary alerts show {alert.Id}\n\n", new Style(Color.Grey));
        return story;
    }

    public static Color Colour(Level level) => level switch
    {
        Level.Critical => Color.Maroon,
        Level.High => Color.Red,
        Level.Medium => Color.Olive,
        Level.Low => Color.Navy,
        _ => Color.Grey,
    };
}
