using System.Threading.Channels;
using Canary.Alerts.Redaction;
using Canary.Alerts.Storage;
using Canary.Findings;

namespace Canary.Alerts;

/// <summary>
/// Takes findings from any thread without waiting, and turns them into stored alerts on one of its own: redacted, grouped,
/// limited, with what is to be told of them in the same transaction. What it cannot take or store is counted.
/// </summary>
public sealed class AlertDesk
{
    private const int MostWaiting = 8192;
    private const int MostHeld = 8192;
    private const int MostAtOnce = 256;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Tending = TimeSpan.FromMinutes(10);

    private readonly Channel<Finding> _findings = Channel.CreateBounded<Finding>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly AlertStore _store;
    private readonly AlertPolicy _policy;
    private readonly AlertDraft _draft;
    private readonly TimeProvider _time;
    private readonly Grouping _grouping;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Finding> _unstored = [];
    private int _shown;
    private long _lost;
    private long _opened;
    private long _failed;
    private Task<bool>? _more;
    private volatile string? _trouble;
    private volatile string? _fault;

    public AlertDesk(AlertStore store, AlertPolicy policy, Redactor redactor, TimeProvider time, string host)
    {
        _store = store;
        _policy = policy;
        _draft = new AlertDraft(redactor, host);
        _time = time;
        _grouping = new Grouping(store, policy, _draft);
    }

    /// <summary>Raised on the desk's thread after the alert is on disk, or with <see cref="Trouble"/> set when it cannot be put there.</summary>
    public event Action<Alert, Sighting>? Stored;

    /// <summary>Raised for an alert that cannot be put on disk at the moment, so that a full disk keeps nobody from hearing of it. It is stored, with another id, when that works again.</summary>
    public event Action<Alert>? Unstored;

    /// <summary>Why alerts cannot be stored at the moment, in words; null when they can.</summary>
    public string? Trouble => _trouble ?? _fault;

    /// <summary>Alerts that this desk opened.</summary>
    public long Alerts => Interlocked.Read(ref _opened);

    /// <summary>False when the queue is full: the finding is counted as lost.</summary>
    public bool TryPost(Finding finding)
    {
        if (_findings.Writer.TryWrite(finding))
            return true;
        Interlocked.Increment(ref _lost);
        return false;
    }

    /// <summary>Findings lost since the last call: the loss class <c>alerts</c>.</summary>
    public long TakeLost() => Interlocked.Exchange(ref _lost, 0);

    /// <summary>Works until <see cref="DrainAsync"/>, or until cancelled; what was posted before the end is stored.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            var tended = _time.GetTimestamp();
            Tend();
            while (await WaitAsync(cancel))
            {
                StoreWaiting();
                if (_time.GetElapsedTime(tended) >= Tending)
                {
                    Tend();
                    tended = _time.GetTimestamp();
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // stopped as asked
        }
        finally
        {
            _findings.Writer.TryComplete();
            try
            {
                StoreWaiting(last: true);
                Interlocked.Add(ref _lost, _unstored.Count);
            }
            finally
            {
                _ended.TrySetResult();
            }
        }
    }

    /// <summary>Takes no more findings and returns when those taken are stored. Needs <see cref="RunAsync"/> to run.</summary>
    public Task DrainAsync()
    {
        _findings.Writer.TryComplete();
        return _ended.Task;
    }

    /// <summary>True when there may be something to do; false at the end.</summary>
    private async ValueTask<bool> WaitAsync(CancellationToken cancel)
    {
        bool troubled = _trouble is not null && _unstored.Count > 0;
        bool full = _unstored.Count >= MostHeld;
        _more ??= full ? null : _findings.Reader.WaitToReadAsync(cancel).AsTask();
        if (_more is { IsCompleted: false } || full)
        {
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var timer = Task.Delay(troubled ? Retry : Tending, _time, pause.Token);
            await Task.WhenAny(_more ?? timer, timer);
            await pause.CancelAsync();
            cancel.ThrowIfCancellationRequested();
        }

        if (_more is not { IsCompleted: true } more || full)
            return true;
        _more = null;
        return await more;
    }

    private void StoreWaiting(bool last = false)
    {
        bool more;
        do
        {
            while (_unstored.Count < MostHeld && _findings.Reader.TryRead(out var finding))
                _unstored.Add(finding);
            more = _unstored.Count >= MostHeld;
            if (_trouble is not null && !last && _time.GetElapsedTime(_failed) < Retry)
                break;
            while (_unstored.Count > 0 && TryStore(Math.Min(_unstored.Count, MostAtOnce)))
            {
            }
        }
        while (more && _unstored.Count == 0);
        Show();
    }

    private bool TryStore(int count)
    {
        try
        {
            var changes = _grouping.Store(_unstored.GetRange(0, count), _time.GetUtcNow());
            bool shown = _shown > 0;
            _trouble = null;
            _unstored.RemoveRange(0, count);
            _shown = Math.Max(0, _shown - count);
            foreach (var (alert, sighting) in changes)
            {
                if (sighting == Sighting.First)
                    Interlocked.Increment(ref _opened);
                if (!shown)
                    Tell(alert, sighting);
            }

            return true;
        }
        catch (StateException e)
        {
            _trouble = e.Message;
            _failed = _time.GetTimestamp();
            return false;
        }
        catch (Exception) when (count > 1)
        {
            return TryStore(1);
        }
        catch (Exception e)
        {
            // A fault of ours in one finding must not end the alerts of all others.
            _fault = $"an alert of rule {_unstored[0].Rule.Slug} could not be made: {e.GetType().Name}: {e.Message}";
            _unstored.RemoveAt(0);
            _shown = Math.Max(0, _shown - 1);
            Interlocked.Increment(ref _lost);
            return true;
        }
    }

    private void Tell(Alert alert, Sighting sighting)
    {
        try
        {
            Stored?.Invoke(alert, sighting);
        }
        catch (Exception e)
        {
            // It is stored; whoever shows it must not take the desk down.
            _fault = $"an alert could not be shown: {e.GetType().Name}: {e.Message}";
        }
    }

    /// <summary>What cannot be stored is shown all the same, once.</summary>
    private void Show()
    {
        var now = _time.GetUtcNow();
        for (; _shown < _unstored.Count; _shown++)
        {
            var finding = _unstored[_shown];
            try
            {
                var alert = _draft.Of(finding, AlertDraft.KeyOf(finding.Key), now, folded: false, silenced: false);
                Tell(alert, Sighting.First);
                Unstored?.Invoke(alert);
            }
            catch (Exception e)
            {
                // Storing it will fail the same way, and count it.
                _fault = $"an alert of rule {finding.Rule.Slug} could not be shown: {e.GetType().Name}: {e.Message}";
            }
        }
    }

    private void Tend()
    {
        try
        {
            Pruning.Run(_store, _policy, _time.GetUtcNow());
        }
        catch (StateException e)
        {
            _trouble = e.Message;
        }
    }
}
