using System.Diagnostics;
using Canary.Findings;
using Canary.Replay;
using Canary.Rules;
using Canary.Views;
using Canary.Yaml;

namespace Canary.Replaying;

/// <summary>Logs through the rules, one after the other: what sequences and correlations remember goes on from file to file.</summary>
internal sealed class ReplayRun(RuleEngine engine, LogSourceTable table, ReplayView view, CancellationToken cancel)
{
    private const int MostUnknown = 1000;
    private static readonly long LooksUp = Stopwatch.Frequency / 5;

    private readonly List<Finding> _findings = [];
    private readonly Dictionary<string, long> _unknown = new(StringComparer.OrdinalIgnoreCase);
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _looked;
    private long _events, _skipped, _unread, _unmapped;

    public long Matches { get; private set; }

    public int Files { get; private set; }

    public Level? Worst { get; private set; }

    /// <summary>What was seen so far.</summary>
    public ReplaySummary Summary => new(
        _events, Matches, Files, _unread, _skipped, _unmapped,
        [.. _unknown.OrderByDescending(u => u.Value).ThenBy(u => u.Key, StringComparer.Ordinal)],
        engine.Evicted, engine.Late, engine.Disagreements, engine.Book.SlowExpressions, Stopwatch.GetElapsedTime(_began).TotalSeconds, cancel.IsCancellationRequested);

    /// <param name="file">A path, or <c>-</c> for standard input.</param>
    public async Task ReadAsync(string file)
    {
        Stream stream;
        try
        {
            stream = Open(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            _unread++;
            view.Fault(new Diagnostic(file, 0, 0, "cannot be read: " + (Directory.Exists(file) ? "it is a directory" : e.Message)));
            return;
        }

        Files++;
        await using (stream)
            await ReadAsync(stream, file);
    }

    private async Task ReadAsync(Stream stream, string file)
    {
        var ahead = new ReadAhead(stream, table, file, cancel);
        long events = _events, faults = 0;
        ReplayBatch last = new([], [], 0, 0);
        await foreach (var batch in ahead.Batches())
        {
            foreach (var read in batch.Events)
            {
                if (cancel.IsCancellationRequested)
                    return;
                Judge(read, file);
            }

            foreach (var fault in batch.Faults)
                view.Fault(fault);
            faults += batch.Faults.Count;
            _unread += batch.Unread - last.Unread;
            _skipped += batch.Skipped - last.Skipped;
            last = batch;
            Progress(stream, file);
        }

        if (last.Unread > faults)
            view.Fault(new Diagnostic(file, 0, 0, $"{last.Unread - faults} more places that could not be read"));
        if (_events == events && last.Unread == 0 && !cancel.IsCancellationRequested)
            view.Fault(new Diagnostic(file, 0, 0, last.Skipped > 0 ? "there is no event in this file: its lines are other output of Canary's" : "there is no event in this file"));
    }

    private void Judge(in ReplayEvent read, string file)
    {
        _events++;
        if (read.Unknown is { } unknown)
            Count(unknown);
        engine.Evaluate(read.Subject, _findings);
        foreach (var finding in _findings)
        {
            Matches++;
            if (Worst is null || finding.Rule.Level > Worst)
                Worst = finding.Rule.Level;
            view.Match(finding, file, read.Index, read.Line);
        }

        _findings.Clear();
    }

    private static Stream Open(string file) => file == "-"
        ? Console.OpenStandardInput()
        : new FileStream(file, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan, Share = FileShare.ReadWrite | FileShare.Delete });

    private void Count(string unknown)
    {
        _unmapped++;
        if (_unknown.Count < MostUnknown || _unknown.ContainsKey(unknown))
            _unknown[unknown] = _unknown.GetValueOrDefault(unknown) + 1;
    }

    private void Progress(Stream stream, string file)
    {
        long now = Stopwatch.GetTimestamp();
        if (now - _looked < LooksUp)
            return;
        _looked = now;
        double seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        view.Progress(file, stream.CanSeek ? (double)stream.Position / Math.Max(1, stream.Length) : null, _events, _events / Math.Max(seconds, 0.001), Matches);
    }
}

/// <param name="Unread">Places where something could not be read.</param>
/// <param name="Skipped">Objects that are no events.</param>
/// <param name="Unmapped">Events whose log source is not known, of which <paramref name="Unknown"/> has the most frequent first.</param>
/// <param name="Evicted">What sequences and correlations forgot for want of room.</param>
/// <param name="Late">Events that came to a correlation after their window was over.</param>
/// <param name="SlowExpressions">Regular expressions of rules that some text drove to the linear engine.</param>
/// <param name="Disagreements">Events on which the index and the full scan differed; only --verify-index looks.</param>
internal sealed record ReplaySummary(
    long Events, long Matches, int Files, long Unread, long Skipped, long Unmapped, IReadOnlyList<KeyValuePair<string, long>> Unknown,
    long Evicted, long Late, long Disagreements, int SlowExpressions, double Seconds, bool Stopped);
