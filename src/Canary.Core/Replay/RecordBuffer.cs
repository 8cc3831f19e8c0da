namespace Canary.Replay;

/// <summary>A window on a stream of any length, which knows the line and the byte that it begins with.</summary>
internal sealed class RecordBuffer(Stream stream, int mostBytes)
{
    private const int FirstBytes = 1 << 20;

    private byte[] _bytes = new byte[Math.Min(FirstBytes, mostBytes)];
    private int _start, _end;
    private long _lineStart;

    /// <summary>What is there to look at.</summary>
    public ReadOnlySpan<byte> Rest => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Nothing comes after <see cref="Rest"/>.</summary>
    public bool IsLast { get; private set; }

    /// <summary>No more can be had without giving some up.</summary>
    public bool IsFull => Rest.Length >= mostBytes;

    /// <summary>Bytes of the whole stream before <see cref="Rest"/>.</summary>
    public long Offset { get; private set; }

    /// <summary>From 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>From 1, in bytes.</summary>
    public long Column => Offset - _lineStart + 1;

    /// <summary>Takes in more, where there is more. False at the end, and when full.</summary>
    public bool Fill()
    {
        if (IsLast || IsFull)
            return false;
        int have = Rest.Length;
        // Twice as much for a long record, which is read from its beginning each time; what has come, for a short one: a pipe may pause.
        int wanted = have < 64 * 1024 ? have + 1 : Math.Min(mostBytes, 2 * have);
        if (_start > 0)
            Buffer.BlockCopy(_bytes, _start, _bytes, 0, have);
        (_start, _end) = (0, have);
        if (wanted > _bytes.Length)
            Array.Resize(ref _bytes, Math.Min(mostBytes, Math.Max(wanted, 2 * _bytes.Length)));
        while (_end < wanted)
        {
            int read = stream.Read(_bytes, _end, _bytes.Length - _end);
            if (read == 0)
            {
                IsLast = true;
                break;
            }

            _end += read;
        }

        return _end > have;
    }

    /// <summary>Nothing more can be had of the stream: what is there is all.</summary>
    public void End() => IsLast = true;

    public void Advance(int bytes)
    {
        var passed = Rest[..bytes];
        int lines = passed.Count((byte)'\n');
        if (lines > 0)
        {
            Line += lines;
            _lineStart = Offset + passed.LastIndexOf((byte)'\n') + 1;
        }

        _start += bytes;
        Offset += bytes;
    }
}
