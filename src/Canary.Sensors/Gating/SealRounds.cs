using System.Diagnostics;
using System.Runtime.Versioning;

namespace Canary.Sensors.Gating;

/// <summary>
/// Seals what was compared whole, looks whether seals still hold, and lets go of files that went. A thread of its own: a disk may keep it
/// waiting.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SealRounds(WatchedFiles files, GateSeals seals) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    // Who has a replaced file open may go on reading it. Until then the handle keeps its blocks on the disk.
    private static readonly TimeSpan ForgetsAfter = TimeSpan.FromMinutes(10);

    private const int LooksEvery = 3;

    private readonly AutoResetEvent _due = new(false);
    private volatile bool _ended;
    private int _turn;

    /// <summary>Some file is complete.</summary>
    public void Wake() => _due.Set();

    public void Run()
    {
        while (!_ended)
        {
            _ = _due.WaitOne(Tick);
            bool looks = ++_turn % LooksEvery == 0;
            foreach (var file in files.All)
            {
                if (_ended)
                    return;
                // Again and again: whoever had it open for writing may have closed it by now.
                seals.Seal(file);
                if (!looks)
                    continue;
                seals.Look(file);
                if (IsGone(file))
                    files.Drop(file);
            }
        }
    }

    /// <summary>One round of seals that take long, on a thread of its own.</summary>
    public void SealForGood()
    {
        foreach (var file in files.All)
        {
            if (_ended)
                return;
            seals.SealForGood(file);
        }
    }

    public void End()
    {
        _ended = true;
        _due.Set();
    }

    public void Dispose() => _due.Dispose();

    private static bool IsGone(Watched file)
    {
        if (!Monitor.TryEnter(file))
            return false;
        try
        {
            if (file.Retired || OpenFile.Of(file.Handle, withGeneration: false) is not { Links: 0 })
                return false;
            if (file.GoneAt == 0)
                file.GoneAt = Stopwatch.GetTimestamp();
            return file.Busy == 0 && file.Demands.Count == 0 && Stopwatch.GetElapsedTime(file.GoneAt) >= ForgetsAfter;
        }
        finally
        {
            Monitor.Exit(file);
        }
    }
}
