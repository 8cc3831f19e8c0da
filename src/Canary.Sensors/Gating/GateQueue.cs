using System.Diagnostics;
using System.Runtime.Versioning;

namespace Canary.Sensors.Gating;

/// <summary>What the workers do next: questions first, since each is short and a process waits; then the chunks that the questions need.</summary>
/// <param name="workers">Numbered from 0.</param>
/// <param name="readers">Chunks that are compared at a time: as many as there are processors, or they only drive each other from the caches.</param>
[SupportedOSPlatform("linux")]
internal sealed class GateQueue(int workers, int readers)
{
    private const int LookAgain = 1;

    // A chunk that takes longer waits for a disk, and keeps no processor busy.
    private static readonly TimeSpan KeepsProcessor = TimeSpan.FromMilliseconds(20);

    // When each worker began the chunk that it reads; 0 for none.
    private readonly long[] _reads = new long[workers];
    private readonly Queue<Question> _asked = new();
    private readonly List<Question> _held = [];
    private readonly List<Question> _open = [];
    private readonly List<Watched> _active = [];
    private readonly object _lock = new();
    private int _turn;
    private bool _ended;

    /// <summary>False: the gate ends, and the question is still the caller's.</summary>
    public bool Ask(Question asked)
    {
        lock (_lock)
        {
            if (_ended)
                return false;
            _asked.Enqueue(asked);
            _open.Add(asked);
            Monitor.Pulse(_lock);
            return true;
        }
    }

    /// <summary>Those who waited for bytes of a file are to be judged anew. They stay among the open ones.</summary>
    public void AskAgain(IEnumerable<Question> questions)
    {
        lock (_lock)
        {
            foreach (var asked in questions)
            {
                asked.Again();
                _asked.Enqueue(asked);
            }

            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>
    /// A question about a file that somebody else has in hand, maybe for as long as its disk stands still: no worker waits for that. It is
    /// judged with the next turn of the clock.
    /// </summary>
    public void AskLater(Question asked)
    {
        lock (_lock)
            _held.Add(asked);
    }

    /// <summary>A turn of the clock.</summary>
    public void Turn()
    {
        lock (_lock)
        {
            foreach (var asked in _held)
                _asked.Enqueue(asked);
            if (_held.Count > 0)
                Monitor.PulseAll(_lock);
            _held.Clear();
        }
    }

    /// <summary>The file has chunks to be read.</summary>
    public void Activate(Watched file)
    {
        lock (_lock)
        {
            if (!_active.Contains(file))
                _active.Add(file);
            for (int i = Reading(); i < readers; i++)
                Monitor.Pulse(_lock);
        }
    }

    /// <summary>Every question is answered, and nothing is read.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return _active.Count == 0 && Array.TrueForAll(_reads, static began => began == 0) && _open.TrueForAll(static q => q.IsAnswered);
        }
    }

    /// <summary>Waits for something to do. False: the gate ends. A chunk comes with its file, and is one of its busy ones.</summary>
    public bool Take(int worker, out Question? asked, out Watched? file, out int chunk)
    {
        (asked, file, chunk) = (null, null, -1);
        lock (_lock)
        {
            _reads[worker] = 0;
            while (!_ended)
            {
                if (_asked.TryDequeue(out asked))
                {
                    // Whoever answers reads nothing meanwhile.
                    if (_active.Count > 0)
                        Monitor.Pulse(_lock);
                    return true;
                }

                bool skipped = false, full = Reading() >= readers;
                for (int i = full ? 0 : _active.Count; i > 0; i--)
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
                            _reads[worker] = Stopwatch.GetTimestamp();
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
                else if (full && _active.Count > 0)
                    Monitor.Wait(_lock, KeepsProcessor);
                else
                    Monitor.Wait(_lock);
            }

            return false;
        }
    }

    /// <summary>The questions that nobody answered in time, wherever they are: in the queue, with a worker, or waiting for chunks.</summary>
    public IReadOnlyList<Question> Late(TimeSpan deadline)
    {
        lock (_lock)
        {
            _open.RemoveAll(static q => q.IsAnswered);
            return [.. _open.Where(q => q.IsOver(deadline))];
        }
    }

    /// <summary>Wakes the workers, which end; gives every question that is open.</summary>
    public Question[] End()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.PulseAll(_lock);
            Question[] rest = [.. _open];
            _open.Clear();
            _asked.Clear();
            _held.Clear();
            return rest;
        }
    }

    private int Reading()
    {
        int reading = 0;
        foreach (long began in _reads)
            reading += began != 0 && Stopwatch.GetElapsedTime(began) < KeepsProcessor ? 1 : 0;
        return reading;
    }
}
