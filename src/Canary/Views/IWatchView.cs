using Canary.Alerts;
using Canary.Alerts.Storage;
using Canary.Events;

namespace Canary.Views;

/// <summary>What `watch` shows while it runs. Calls may come from any thread.</summary>
internal interface IWatchView : IDisposable
{
    /// <summary>First of all, once the sensors stand.</summary>
    void Ready(IReadOnlyList<SensorState> sensors);

    void Alert(Alert alert, Sighting sighting);

    void Lost(SensorLoss loss);

    /// <summary>Something that the user should know and can mend: a configuration file passed over, alerts that cannot be stored.</summary>
    void Note(string text);

    /// <summary>About once a second.</summary>
    void Tick(WatchStatus status);

    /// <summary>Last of all.</summary>
    void Summary(WatchSummary summary);
}

/// <summary>The numbers of this moment.</summary>
/// <param name="Lost">Events lost since the start, all classes together.</param>
/// <param name="Mail">What waits to be told; null where nobody is told.</param>
/// <param name="Trouble">Why alerts cannot be stored, or null.</param>
internal sealed record WatchStatus(
    TimeSpan Running, int Sessions, double EventsPerSecond, long Lost, long Alerts, OutboxCounts? Mail = null, string? Trouble = null);

internal sealed record WatchSummary(long Alerts, long Lost, double Seconds, long Events = 0, long Findings = 0, long Files = 0, long Packages = 0, int SlowExpressions = 0);
