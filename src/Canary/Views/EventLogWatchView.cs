using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using Canary.Alerts;
using Canary.Events;
using Canary.Findings;
using Canary.Text;

namespace Canary.Views;

/// <summary>What a service of Windows says, in the log Application: alerts from the console's level on, losses, and what is to be mended.</summary>
/// <param name="source">As `canary service install` registered it.</param>
[SupportedOSPlatform("windows")]
internal sealed class EventLogWatchView(string source, Level least) : IWatchView
{
    /// <summary>Ids of the events, which a filter can name.</summary>
    private const int ReadyId = 1, AlertId = 2, LossId = 3, NoteId = 4, SummaryId = 5;

    /// <summary>The log takes 31,839 characters an event.</summary>
    private const int Longest = 30_000;

    public void Ready(IReadOnlyList<SensorState> sensors) => Say(EventLogEntryType.Information, ReadyId, string.Join('\n', WatchWords.Sensors(sensors)));

    public void Alert(Alert alert, Sighting sighting)
    {
        if (!WatchWords.IsTold(alert, sighting, least))
            return;
        using var story = new StringWriter();
        PlainStory.Write(story, alert, whole: false);
        Say(alert.Level switch
        {
            Level.Critical or Level.High => EventLogEntryType.Error,
            Level.Medium => EventLogEntryType.Warning,
            _ => EventLogEntryType.Information,
        }, AlertId, story.ToString());
    }

    public void Lost(SensorLoss loss) => Say(EventLogEntryType.Error, LossId, WatchWords.Lost(loss));

    public void Note(string text) => Say(EventLogEntryType.Warning, NoteId, Printable.Line(text, 2000));

    public void Tick(WatchStatus status)
    {
        // Numbers of the moment are for a terminal.
    }

    public void Summary(WatchSummary summary) => Say(EventLogEntryType.Information, SummaryId, WatchWords.Summary(summary));

    public void Dispose()
    {
    }

    private void Say(EventLogEntryType type, int id, string text)
    {
        try
        {
            EventLog.WriteEntry(source, text.Length > Longest ? text[..Longest] : text, type, id);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or System.Security.SecurityException or ArgumentException)
        {
            // The log is full, or its source is gone. The alerts are in the store.
        }
    }
}
