using System.Runtime.Versioning;

namespace Canary.Sensors.Gating;

/// <summary>What the workers do next: questions first, since each is short and a process waits; then the chunks that the questions need.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GateQueue
{
    private const int LookAgain = 1;

    private readonly Queue<Question> _asked = new();
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
    public bool Take(out Question? asked, out Watched? file, out int chunk)
    {
        (asked, file, chunk) = (null, null, -1);
        lock (_lock)
        {
            while (!_ended)
            {
                if (_asked.TryDequeue(out asked))
                    return true;
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
            return rest;
        }
    }
}
