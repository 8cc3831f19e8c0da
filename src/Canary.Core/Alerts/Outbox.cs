using Canary.Alerts.Storage;
using Canary.Findings;

namespace Canary.Alerts;

/// <summary>
/// Delivers what the store holds for each notifier: at least once, again after a failure with growing pauses, and again after a
/// crash between sending and noting it; the second copy then has the Message-ID of the first.
/// </summary>
public sealed class Outbox
{
    private readonly AlertStore _store;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<OutboxLane> _lanes;

    /// <param name="policy">From which level a notifier hears of what could not be stored; null for high.</param>
    public Outbox(AlertStore store, IReadOnlyList<INotifier> notifiers, TimeProvider time, string host, AlertPolicy? policy = null)
    {
        _store = store;
        _time = time;
        _lanes = [.. notifiers.Select(n => new OutboxLane(store, n, time, host, policy?.Routes.FirstOrDefault(r => r.Notifier == n.Name)?.Level ?? Level.High))];
    }

    /// <summary>Something was stored: look now.</summary>
    public void Wake()
    {
        foreach (var lane in _lanes)
            lane.Wake();
    }

    /// <summary>Tells of an alert that is not on disk, from memory and without a promise.</summary>
    public void TellUnstored(Alert alert)
    {
        foreach (var lane in _lanes)
            lane.TellUnstored(alert);
    }

    /// <summary>Works until cancelled; a message under way is then left for the next start.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            _store.Outbox.Hasten(_time.GetUtcNow());
        }
        catch (StateException)
        {
            // They keep their times.
        }

        await Task.WhenAll(_lanes.Select(lane => lane.RunAsync(cancel)));
    }

    /// <summary>Returns when nothing is due that has not been tried, or when the time is up: for an orderly end.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        long begun = _time.GetTimestamp();
        while (_time.GetElapsedTime(begun) < limit && _lanes.Any(lane => lane.HasUntried()))
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time);
    }
}
