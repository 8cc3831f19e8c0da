using Canary.Models.Hashing;

namespace Canary.Models.Gating;

/// <summary>
/// Which chunks of one file have been compared with the lock, for as long as the file stays the same. Not safe for several threads:
/// its owner has a lock.
/// </summary>
public sealed class ChunkVerdicts(ChunkTable table)
{
    private readonly ChunkState[] _states = new ChunkState[table.Count];
    private volatile int _era;

    /// <summary>What the verdicts hold for; null before the first.</summary>
    public FileStamp? Stamp { get; private set; }

    /// <summary>Another number whenever the verdicts were forgotten. May be asked by any thread.</summary>
    public int Era => _era;

    public int Count => _states.Length;

    public int Good { get; private set; }

    public int Bad { get; private set; }

    /// <summary>The whole file is as the lock says.</summary>
    public bool IsComplete => Stamp is not null && Good == Count;

    public ChunkState this[int chunk] => _states[chunk];

    /// <summary>Forgets every verdict, unless the file is as it was.</summary>
    /// <returns>True when there is nothing left to rest on, and the file must be synced before the first chunk is read.</returns>
    public bool Begin(FileStamp stamp)
    {
        if (Stamp == stamp)
            return false;
        Forget();
        Stamp = stamp;
        return true;
    }

    public void Forget()
    {
        _era++;
        Array.Clear(_states);
        (Good, Bad, Stamp) = (0, 0, null);
    }

    /// <summary>The stamp moved by what Canary did itself (a seal), while nobody else could change anything.</summary>
    public void Restamp(FileStamp stamp) => Stamp = stamp;

    /// <summary>The chunks that a range of bytes lies in; false where the range is empty or lies behind the end.</summary>
    public bool Covers(long offset, long bytes, out int first, out int last)
    {
        (first, last) = (0, -1);
        long most = (long)Count * ChunkTable.ChunkBytes;
        if (bytes <= 0 || offset < 0 || offset >= most)
            return false;
        long end = bytes > most - offset ? most : offset + bytes;
        (first, last) = ((int)(offset / ChunkTable.ChunkBytes), (int)((end - 1) / ChunkTable.ChunkBytes));
        return true;
    }

    /// <summary>Bad when one of them is, good when all are, else unknown. <paramref name="at"/> is the bad one, or the first that is not good.</summary>
    public ChunkState Of(int first, int last, out int at)
    {
        at = first;
        if (Good == Count)
            return ChunkState.Good;
        int open = -1;
        for (int i = first; i <= last; i++)
        {
            if (_states[i] == ChunkState.Bad)
            {
                at = i;
                return ChunkState.Bad;
            }

            if (open < 0 && _states[i] != ChunkState.Good)
                open = i;
        }

        at = open < 0 ? first : open;
        return open < 0 ? ChunkState.Good : ChunkState.Unknown;
    }

    /// <summary>Gives the first chunk from <paramref name="from"/> to <paramref name="last"/> that nobody has begun, which is then busy; -1 for none.</summary>
    public int Take(ref int from, int last)
    {
        for (; from <= last; from++)
        {
            if (_states[from] == ChunkState.Unknown)
            {
                _states[from] = ChunkState.Busy;
                return from++;
            }
        }

        return -1;
    }

    /// <summary>The first chunk from there on of which nothing is known, and that nobody has begun; -1 for none.</summary>
    public int Next(int from) => Array.IndexOf(_states, ChunkState.Unknown, from);

    /// <summary>A chunk that was taken could not be read: who wants it may take it again.</summary>
    public void Release(int chunk)
    {
        if (_states[chunk] == ChunkState.Busy)
            _states[chunk] = ChunkState.Unknown;
    }

    /// <summary>Nothing changed from before the first byte of a chunk was read until the file had this stamp, after it.</summary>
    /// <param name="era">
    /// <see cref="Era"/> before the first byte was read. The stamp alone is of the time after it: the file may have changed and been begun anew
    /// in between.
    /// </param>
    public bool Holds(FileStamp stamp, int era) => Stamp == stamp && era == _era;

    /// <summary>
    /// What came of a chunk that was taken, or not, read while the file had this stamp. False when it has changed since: the result says
    /// nothing.
    /// </summary>
    /// <param name="era">As in <see cref="Holds"/>.</param>
    public bool Record(int chunk, bool good, FileStamp stamp, int era)
    {
        if (!Holds(stamp, era))
        {
            Release(chunk);
            return false;
        }

        // Of two who read it the one counts that found it bad.
        if (_states[chunk] == ChunkState.Bad || (good && _states[chunk] == ChunkState.Good))
            return true;
        if (_states[chunk] == ChunkState.Good)
            Good--;
        _states[chunk] = good ? ChunkState.Good : ChunkState.Bad;
        if (good)
            Good++;
        else
            Bad++;
        return true;
    }
}
