namespace Canary.Models.Locking;

/// <summary>How a verification is done.</summary>
/// <param name="Files">The operating system's part.</param>
public sealed record VerifyOptions(IModelFiles Files)
{
    /// <summary>Read at the same time, a small buffer each.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Believe a record for a file whose key is the same, though nothing holds the file still.</summary>
    public bool Quick { get; init; }

    /// <summary>Of files that were found good; null for none.</summary>
    public VerdictRecords? Records { get; init; }

    /// <summary>Where an earlier run stopped; null to begin anew.</summary>
    public VerifyProgress? Progress { get; init; }

    /// <summary>Read every byte: records and progress are kept, and not believed.</summary>
    public bool Anew { get; init; }

    /// <summary>Called after each chunk that was read, by the thread that read it.</summary>
    internal Action? AfterChunk { get; init; }
}

/// <summary>
/// Holds files against a lock: chunk by chunk, the chunks of a large file shared among threads. Memory does not grow with the files. What was
/// stopped goes on where it was, if <see cref="VerifyProgress"/> is given and a file's key is the same.
/// </summary>
public sealed class LockVerifier
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(5);

    private readonly FileCheck[] _checks;
    private readonly VerifyOptions _options;
    private int _current;

    /// <param name="files">Each with the place where it is to be.</param>
    public LockVerifier(IEnumerable<(LockedFile File, string Path)> files, VerifyOptions options)
    {
        _options = options;
        _checks = [.. files.Select(f => new FileCheck(f.File, f.Path, options))];
        Total = _checks.Sum(c => c.File.Size);
    }

    /// <summary>Bytes to verify.</summary>
    public long Total { get; }

    /// <summary>Bytes verified, those that need not be read among them. May be asked at any time.</summary>
    public long Done => _checks.Sum(c => c.Done);

    /// <summary>Of a run that was stopped: another one can go on where it was.</summary>
    public bool IsKept { get; private set; }

    /// <summary>In the order in which they were given. A cancelled run gives what it has and leaves the rest <see cref="FileState.Unfinished"/>.</summary>
    public IReadOnlyList<CheckedFile> Run(CancellationToken cancel = default)
    {
        if (!_options.Anew)
            _options.Progress?.Load();
        int threads = Math.Max(1, _options.Threads);
        var timer = new Timer(_ => Save(), null, SaveEvery, SaveEvery);
        // Not the pool's: these are busy until the end.
        var others = Enumerable.Range(1, threads - 1).Select(_ => new Thread(() => Work(cancel)) { IsBackground = true, Name = "verify" }).ToArray();
        foreach (var thread in others)
            thread.Start();
        Work(cancel);
        foreach (var thread in others)
            thread.Join();
        using (var ended = new ManualResetEvent(false))
        {
            timer.Dispose(ended);
            ended.WaitOne();
        }

        var results = _checks.Select(c => c.Stop()).ToArray();
        if (results.All(r => r.State != FileState.Unfinished))
            _options.Progress?.Forget();
        else
            IsKept = Save();
        return results;
    }

    private void Work(CancellationToken cancel)
    {
        var reader = new ChunkReader();
        while (!cancel.IsCancellationRequested)
        {
            int at = Volatile.Read(ref _current);
            if (at >= _checks.Length)
                return;
            if (!_checks[at].Work(reader, cancel))
                Interlocked.CompareExchange(ref _current, at + 1, at);
        }
    }

    private bool Save()
    {
        try
        {
            _options.Progress?.Save(_checks);
            return _options.Progress is not null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk costs the resumption, not the verification.
            return false;
        }
    }
}
