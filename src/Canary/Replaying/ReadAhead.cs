using System.Threading.Channels;
using Canary.Replay;
using Canary.Rules;
using Canary.Yaml;

namespace Canary.Replaying;

/// <summary>
/// Decodes a log on a thread of its own, a few batches ahead of the rules. A batch goes on before the log is waited for, so that a
/// pipe's events are judged when they come; and it holds no more than was read at once, so that memory stays bounded.
/// </summary>
internal sealed class ReadAhead
{
    private const int MostBatches = 4;
    private const int MostEvents = 256;

    private readonly Channel<ReplayBatch> _batches = Channel.CreateBounded<ReplayBatch>(new BoundedChannelOptions(MostBatches) { SingleReader = true, SingleWriter = true });
    private readonly ReplayReader _reader;
    private readonly Task _work;
    private readonly CancellationToken _cancel;
    private List<ReplayEvent> _events = new(MostEvents);
    private (long Unread, long Skipped, int Faults) _told;

    public ReadAhead(Stream log, LogSourceTable table, string file, CancellationToken cancel)
    {
        _cancel = cancel;
        _reader = new ReplayReader(log, table, file) { Waiting = Send };
        _work = Task.Factory.StartNew(Decode, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>In the order of the log. Ends early when cancelled, even while the log is waited for: the thread ends with that wait.</summary>
    public async IAsyncEnumerable<ReplayBatch> Batches()
    {
        while (await MoreAsync())
        {
            while (_batches.Reader.TryRead(out var batch))
                yield return batch;
        }

        if (!_cancel.IsCancellationRequested)
            await _work;
    }

    private async Task<bool> MoreAsync()
    {
        try
        {
            return await _batches.Reader.WaitToReadAsync(_cancel);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Decode()
    {
        try
        {
            while (!_cancel.IsCancellationRequested && _reader.Next() is { } subject)
            {
                _events.Add(new ReplayEvent(subject, _reader.Index, _reader.Line, _reader.Unknown));
                if (_events.Count == MostEvents)
                    Send();
            }

            Send();
        }
        catch (OperationCanceledException)
        {
            // Nobody takes batches any more.
        }
        finally
        {
            _batches.Writer.Complete();
        }
    }

    private void Send()
    {
        var now = (_reader.Unread, _reader.Skipped, _reader.Faults.Count);
        if (_events.Count == 0 && _told == now)
            return;
        var batch = new ReplayBatch(_events, [.. _reader.Faults.Skip(_told.Faults)], _reader.Unread, _reader.Skipped);
        if (!_batches.Writer.TryWrite(batch))
            _batches.Writer.WriteAsync(batch, _cancel).AsTask().GetAwaiter().GetResult();
        _told = now;
        _events = new List<ReplayEvent>(MostEvents);
    }
}

/// <param name="Faults">Told since the batch before.</param>
/// <param name="Unread">Of the file up to here, as <paramref name="Skipped"/> is.</param>
internal sealed record ReplayBatch(IReadOnlyList<ReplayEvent> Events, IReadOnlyList<Diagnostic> Faults, long Unread, long Skipped);

/// <param name="Index">The record's number in its file, from 0.</param>
/// <param name="Unknown">What its log source is called where no row of the table knows it.</param>
internal readonly record struct ReplayEvent(RecordSubject Subject, long Index, long Line, string? Unknown);
