using Canary.Alerts.Storage;

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

    public Outbox(AlertStore store, IReadOnlyList<INotifier> notifiers, TimeProvider time, string host)
    {
        _store = store;
        _time = time;
        _lanes = [.. notifiers.Select(n => new OutboxLane(store, n, time, host))];
    }

    /// <summary>Something was stored: look now.</summary>
    public void Wake()
    {
        foreach (var lane in _lanes)
            lane.Wake();
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
