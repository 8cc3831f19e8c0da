using System.Collections.Concurrent;
using Canary.Alerts.Storage;
using Canary.Findings;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Canary.Alerts;

/// <summary>One notifier's part of the outbox: one message at a time, oldest first.</summary>
internal sealed class OutboxLane : IDisposable
{
    private const int MostInDigest = 500;
    private const int MostUnstored = 100;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromDays(5);

    private readonly AlertStore _store;
    private readonly INotifier _notifier;
    private readonly TimeProvider _time;
    private readonly string _host;
    private readonly ResiliencePipeline<Delivery> _pipeline;
    private readonly Level _unstoredFrom;
    private readonly ConcurrentQueue<Alert> _unstored = new();
    private readonly SemaphoreSlim _wake = new(0, 1);

    // Days of the wall clock may pass without one attempt: the machine was off, or its clock was set forward.
    private readonly long _began;

    public OutboxLane(AlertStore store, INotifier notifier, TimeProvider time, string host, Level unstoredFrom)
    {
        _unstoredFrom = unstoredFrom;
        _store = store;
        _notifier = notifier;
        _time = time;
        _began = time.GetTimestamp();
        _host = host;

        // A dead server must not cost a time-out for each of a thousand messages: after three failures the lane rests.
        _pipeline = new ResiliencePipelineBuilder<Delivery> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Delivery>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 3,
                SamplingDuration = TimeSpan.FromMinutes(2),
                BreakDurationGenerator = static a => ValueTask.FromResult(Pause(a.HalfOpenAttempts, TimeSpan.FromMinutes(2))),
                ShouldHandle = static a => ValueTask.FromResult(a.Outcome.Result is Delivery.RetryLater || a.Outcome.Exception is TimeoutRejectedException),
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = Longest })
            .Build();
    }

    public void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // woken already
            }
        }
    }

    /// <summary>Kept in memory and sent past the store; what exceeds a hundred waits for the store like all else.</summary>
    public void TellUnstored(Alert alert)
    {
        if (alert.Level < _unstoredFrom || _unstored.Count >= MostUnstored)
            return;
        _unstored.Enqueue(alert);
        Wake();
    }

    public bool HasUntried()
    {
        try
        {
            return _store.Outbox.Due(_notifier.Name, _time.GetUtcNow(), 1) is [{ Attempts: 0 }];
        }
        catch (StateException)
        {
            return false;
        }
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
                await RestAsync(await RoundAsync(cancel), cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // stopped as asked
        }
    }

    public void Dispose() => _wake.Dispose();

    /// <summary>Sends what is due and says how long nothing more can be done.</summary>
    private async Task<TimeSpan> RoundAsync(CancellationToken cancel)
    {
        try
        {
            await SendUnstoredAsync(cancel);
            _store.Outbox.Settle(_time.GetUtcNow());
            while (NextMessage() is { Count: > 0 } rows)
                await SendAsync(rows, cancel);
            var wait = _store.Outbox.NextDue(_notifier.Name) - _time.GetUtcNow() ?? Idle;
            var most = _unstored.IsEmpty ? Idle : FirstPause;
            return wait < most ? wait : most;
        }
        catch (BrokenCircuitException e)
        {
            return e.RetryAfter ?? FirstPause;
        }
        catch (StateException)
        {
            // The desk says the same trouble out loud. What could not be noted as sent is sent again.
            return FirstPause;
        }
    }

    private async Task SendUnstoredAsync(CancellationToken cancel)
    {
        while (_unstored.TryPeek(out var alert))
        {
            var mail = new AlertMail($"canary.unstored.{alert.Id}", alert.Key, MailKind.Alert, [alert], _host, _time.GetUtcNow(), 1);
            var delivery = await AttemptAsync(token => _notifier.NotifyAsync(mail, token), cancel);
            if (delivery is Delivery.RetryLater)
                return;
            _unstored.TryDequeue(out _);
        }
    }

    private async Task RestAsync(TimeSpan wait, CancellationToken cancel)
    {
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var timer = Task.Delay(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait, _time, rest.Token);
        await Task.WhenAny(timer, _wake.WaitAsync(rest.Token));
        await rest.CancelAsync();
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>The rows of the next message: one alert, or a digest of all that waits for one; as it was fixed at an earlier attempt.</summary>
    private List<OutboxRow> NextMessage()
    {
        var due = _store.Outbox.Due(_notifier.Name, _time.GetUtcNow(), MostInDigest);
        if (due.Count == 0 || due[0] is not { Batch: null } first)
            return due.Count == 0 ? due : _store.Outbox.Batch(due[0].Batch!.Value);
        return first.Kind == MailKind.Digest ? [.. due.Where(r => r is { Kind: MailKind.Digest, Batch: null })] : [first];
    }

    private async Task SendAsync(List<OutboxRow> rows, CancellationToken cancel)
    {
        var delivery = await AttemptAsync(
            token =>
            {
                _store.Outbox.Begin(rows);
                return _notifier.NotifyAsync(Mail(rows), token);
            },
            cancel);
        var now = _time.GetUtcNow();
        switch (delivery)
        {
            case Delivery.Delivered { Note: var note }:
                _store.Outbox.Finish(rows, OutboxState.Delivered, note, now);
                break;
            case Delivery.GiveUp { Reason: var reason }:
                _store.Outbox.Finish(rows, OutboxState.GivenUp, reason, now);
                break;
            case Delivery.RetryLater { Reason: var reason } when now - rows[0].Created > Patience && _time.GetElapsedTime(_began) > Patience:
                _store.Outbox.Finish(rows, OutboxState.GivenUp, $"tried for {Text.Duration.Write(Patience)}; at last: {reason}", now);
                break;
            case Delivery.RetryLater { Reason: var reason }:
                _store.Outbox.Postpone(rows, reason, now + Pause(rows[0].Attempts, LastPause));
                break;
        }
    }

    private async Task<Delivery> AttemptAsync(Func<CancellationToken, Task<Delivery>> send, CancellationToken cancel)
    {
        try
        {
            return await _pipeline.ExecuteAsync(static async (send, token) => await send(token), send, cancel);
        }
        catch (TimeoutRejectedException)
        {
            return new Delivery.RetryLater($"no end within {Text.Duration.Write(Longest)}");
        }
        catch (Exception e) when (e is not (BrokenCircuitException or StateException or OperationCanceledException))
        {
            // A fault in a notifier must not end the lane: the message stays, the reason is shown.
            return new Delivery.RetryLater($"{e.GetType().Name}: {e.Message}");
        }
    }

    private AlertMail Mail(List<OutboxRow> rows)
    {
        var alerts = rows.Select(r => _store.Alerts.BySequence(r.Alert)?.Alert).OfType<Alert>().ToList();
        var kind = rows[0].Kind;
        string thread = kind == MailKind.Digest ? "digest" : alerts[0].Key;
        return new AlertMail($"canary.{rows[0].Id}.{alerts[0].Id}", thread, kind, alerts, _host, _time.GetUtcNow(), rows[0].Attempts + 1);
    }

    private static TimeSpan Pause(int attempts, TimeSpan most)
    {
        double seconds = Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(attempts, 16)), most.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (0.75 + (Random.Shared.NextDouble() / 2)));
    }
}
