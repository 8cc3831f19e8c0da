namespace Canary.Rules.Indexing;

/// <summary>
/// Finds all atoms of one field in one pass over its text (Aho and Corasick, 1975), a table look-up for each character. Characters that
/// no literal has share one class, and all that is not ASCII with them, so that the table stays small.
/// </summary>
internal sealed class AtomAutomaton
{
    private readonly byte[] _classOf = new byte[128];
    private readonly int _classes = 1;

    // A cell is the next row's offset, shifted by one; the low bit says that something ends there.
    private readonly int[] _next;
    private readonly int[] _firstOutput;
    private readonly int[] _suffixWithOutput;
    private readonly Output[] _outputs;
    private readonly int _notAscii = -1;

    public AtomAutomaton(IReadOnlyList<(Atom Atom, int Bit)> atoms)
    {
        foreach (var (atom, _) in atoms)
        {
            foreach (char c in atom.Literal)
            {
                if (_classOf[c] == 0)
                    _classOf[c] = (byte)_classes++;
            }
        }

        for (char c = 'a'; c <= 'z'; c++)
            _classOf[c] = _classOf[c - 'a' + 'A'];
        int[] trie = new int[_classes * 64];
        int states = 1;
        var ends = new List<(int State, Output Output)>();
        foreach (var (atom, bit) in atoms)
        {
            if (atom.Kind == AtomKind.NotAscii)
            {
                _notAscii = bit;
                continue;
            }

            int state = 0;
            foreach (char c in atom.Literal)
            {
                int cell = (state * _classes) + _classOf[c];
                if (trie[cell] == 0)
                {
                    trie[cell] = states++;
                    if (states * _classes > trie.Length)
                        Array.Resize(ref trie, trie.Length * 2);
                }

                state = trie[cell];
            }

            ends.Add((state, new Output(bit, atom.Kind, atom.Literal.Length)));
        }

        States = states;
        ends.Sort((a, b) => a.State - b.State);
        _outputs = [.. ends.Select(e => e.Output)];
        _firstOutput = new int[States + 1];
        foreach (var (state, _) in ends)
            _firstOutput[state + 1]++;
        for (int i = 1; i <= States; i++)
            _firstOutput[i] += _firstOutput[i - 1];
        _suffixWithOutput = new int[States];
        _next = Complete(trie);
    }

    public int States { get; }

    public int Bytes => (_next.Length + _firstOutput.Length + _suffixWithOutput.Length) * sizeof(int);

    /// <summary>Sets the bit of each atom that holds for the text.</summary>
    public void Scan(ReadOnlySpan<char> text, ulong[] bits)
    {
        int[] next = _next;
        byte[] classOf = _classOf;
        int row = 0, seen = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            seen |= c;
            int cell = next[row + (c < 128 ? classOf[c] : 0)];
            row = cell >> 1;
            if ((cell & 1) != 0)
                Report(row / _classes, i + 1, text.Length, bits);
        }

        if (seen >= 128 && _notAscii >= 0)
            bits[_notAscii >> 6] |= 1UL << _notAscii;
    }

    private void Report(int state, int end, int length, ulong[] bits)
    {
        for (; state > 0; state = _suffixWithOutput[state])
        {
            for (int i = _firstOutput[state]; i < _firstOutput[state + 1]; i++)
            {
                ref readonly var output = ref _outputs[i];
                bool holds = output.Kind switch
                {
                    AtomKind.Contains => true,
                    AtomKind.StartsWith => output.Length == end,
                    AtomKind.EndsWith => end == length,
                    _ => output.Length == end && end == length,
                };
                if (holds)
                    bits[output.Bit >> 6] |= 1UL << output.Bit;
            }
        }
    }

    /// <summary>Fills in where a mismatch leads, level by level, and marks the cells behind which something ends.</summary>
    private int[] Complete(int[] trie)
    {
        int[] next = trie[..(States * _classes)];
        int[] fail = new int[States];
        var queue = new Queue<int>();
        for (int c = 0; c < _classes; c++)
        {
            if (next[c] != 0)
                queue.Enqueue(next[c]);
        }

        while (queue.TryDequeue(out int state))
        {
            int suffix = fail[state];
            _suffixWithOutput[state] = HasOutput(suffix) ? suffix : _suffixWithOutput[suffix];
            for (int c = 0; c < _classes; c++)
            {
                ref int cell = ref next[(state * _classes) + c];
                int onMismatch = next[(suffix * _classes) + c];
                if (cell == 0)
                {
                    cell = onMismatch;
                }
                else
                {
                    fail[cell] = onMismatch;
                    queue.Enqueue(cell);
                }
            }
        }

        for (int i = 0; i < next.Length; i++)
        {
            int state = next[i];
            next[i] = (state * _classes << 1) | (HasOutput(state) || _suffixWithOutput[state] != 0 ? 1 : 0);
        }

        return next;
    }

    private bool HasOutput(int state) => _firstOutput[state + 1] > _firstOutput[state];

    private readonly record struct Output(int Bit, AtomKind Kind, int Length);
}
