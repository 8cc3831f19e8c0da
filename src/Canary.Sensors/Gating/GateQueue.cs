using System.Diagnostics;
using System.Runtime.Versioning;

namespace Canary.Sensors.Gating;

/// <summary>What the workers do next: questions first, since each is short and a process waits; then the chunks that the questions need.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GateQueue
{
    private const int LookAgain = 1;

    private readonly Queue<(PermissionEvent Asked, long At)> _asked = new();
    private readonly List<Watched> _active = [];
    private readonly object _lock = new();
    private int _turn;
    private bool _ended;

    public void Ask(PermissionEvent asked)
    {
        lock (_lock)
        {
            _asked.Enqueue((asked, Stopwatch.GetTimestamp()));
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>The file has chunks to be read.</summary>
    public void Activate(Watched file)
    {
        lock (_lock)
        {
            if (!_active.Contains(file))
                _active.Add(file);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits for something to do. False: the gate ends. A chunk comes with its file, and is one of its busy ones.</summary>
    public bool Take(out PermissionEvent asked, out Watched? file, out int chunk)
    {
        (asked, file, chunk) = (default, null, -1);
        lock (_lock)
        {
            while (!_ended)
            {
                if (_asked.TryDequeue(out var next))
                {
                    asked = next.Asked;
                    return true;
                }

                bool skipped = false;
                for (int i = _active.Count; i > 0; i--)
                {
                    // Files take turns, or the first large mapping would hold up all others.
                    _turn = _turn + 1 >= _active.Count ? 0 : _turn + 1;
                    file = _active[_turn];
                    // Someone may be sealing it, which takes as long as the disk does.
                    if (!Monitor.TryEnter(file))
                    {
                        skipped = true;
                        continue;
                    }

                    try
                    {
                        chunk = file.Take();
                        if (chunk >= 0)
                        {
                            file.Busy++;
                            return true;
                        }
                    }
                    finally
                    {
                        Monitor.Exit(file);
                    }

                    _active.RemoveAt(_turn);
                }

                file = null;
                if (skipped)
                    Monitor.Wait(_lock, LookAgain);
                else
                    Monitor.Wait(_lock);
            }

            return false;
        }
    }

    /// <summary>Takes the questions that no worker came to in time.</summary>
    public IReadOnlyList<PermissionEvent> Late(TimeSpan deadline)
    {
        var late = new List<PermissionEvent>();
        lock (_lock)
        {
            while (_asked.TryPeek(out var next) && Stopwatch.GetElapsedTime(next.At) > deadline)
                late.Add(_asked.Dequeue().Asked);
        }

        return late;
    }

    /// <summary>Wakes the workers, which end; gives the questions that nobody took.</summary>
    public PermissionEvent[] End()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.PulseAll(_lock);
            PermissionEvent[] rest = [.. _asked.Select(a => a.Asked)];
            _asked.Clear();
            return rest;
        }
    }
}
