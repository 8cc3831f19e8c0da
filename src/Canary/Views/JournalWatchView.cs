using Canary.Alerts;
using Canary.Events;
using Canary.Findings;
using Canary.Text;

namespace Canary.Views;

/// <summary>Lines for systemd's journal, each begun with its priority (sd-daemon(3)), so that <c>journalctl -p err</c> finds the alerts that matter.</summary>
internal sealed class JournalWatchView(TextWriter output, Level least) : IWatchView
{
    private const int Critical = 2, Error = 3, Warning = 4, Notice = 5, Information = 6;

    private readonly Lock _gate = new();

    public void Ready(IReadOnlyList<SensorState> sensors)
    {
        foreach (string line in WatchWords.Sensors(sensors))
            Say(Information, line);
        Say(Information, "watching");
    }

    public void Alert(Alert alert, Sighting sighting)
    {
        if (!WatchWords.IsTold(alert, sighting, least))
            return;
        using var story = new StringWriter();
        PlainStory.Write(story, alert, whole: false);
        Say(PriorityOf(alert.Level), story.ToString());
    }

    public void Lost(SensorLoss loss) => Say(Error, WatchWords.Lost(loss));

    public void Note(string text) => Say(Notice, Printable.Line(text, 2000));

    public void Tick(WatchStatus status)
    {
        // Numbers of the moment are for a terminal.
    }

    public void Summary(WatchSummary summary) => Say(Information, WatchWords.Summary(summary));

    public void Dispose()
    {
    }

    internal static int PriorityOf(Level level) => level switch
    {
        Level.Critical => Critical,
        Level.High => Error,
        Level.Medium => Warning,
        Level.Low => Notice,
        _ => Information,
    };

    private void Say(int priority, string lines)
    {
        lock (_gate)
        {
            try
            {
                foreach (string line in lines.Split('\n'))
                {
                    if (!string.IsNullOrWhiteSpace(line))
                        output.Write($"<{priority}>{line.TrimEnd()}\n");
                }

                output.Flush();
            }
            catch (IOException)
            {
                // Nobody listens any more; the alerts are in the store.
            }
        }
    }
}
