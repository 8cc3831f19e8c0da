using System.Diagnostics;
using System.Runtime.Versioning;
using Canary.Models.Gating;
using Canary.Models.Hashing;

namespace Canary.Sensors.Gating;

/// <summary>Reads and compares one chunk after another, and lets those go on who waited for it.</summary>
/// <param name="complete">Called when all chunks of some file are good.</param>
[SupportedOSPlatform("linux")]
internal sealed class ChunkReader(GateGroup group, GateJudge judge, GateQueue queue, Action complete)
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ChunkTable.ChunkBytes, pinned: true);
    private readonly List<Demand> _good = [];
    private readonly List<(Demand Demand, GateReason Reason)> _failed = [];

    /// <summary>A chunk that the queue gave out, or that nobody waits for; the file is busy with it.</summary>
    /// <returns>False where its bytes could not be read.</returns>
    public bool Read(Watched file, int chunk)
    {
        var (expected, verdicts) = file.Expected;
        int era = verdicts.Era;
        // The lock may have been replaced since the chunk was given out, by one with a shorter file.
        bool given = chunk < expected.Chunks.Count;
        int bytes = 0;
        bool read = given && Fill(_buffer, file.Reader, expected, chunk, out bytes);
        bool good = read && expected.Chunks.Matches(chunk, _buffer.AsSpan(0, bytes));
        bool whole, again = false;
        lock (file)
        {
            file.Busy--;
            var now = OpenFile.Of(file.Reader);
            // What was compared with a lock that was replaced meanwhile says nothing.
            bool counts = given && verdicts == file.Verdicts;
            if (counts && (now is not { } facts || facts.Stamp.Size != file.File.Size))
            {
                file.Forget();
                Fail(file, chunk, now is null ? GateReason.Unreadable : GateReason.Changed);
                again = true;
            }
            else if (counts && !read && verdicts.Holds(now!.Value.Stamp, era))
            {
                // The rest of the file is as good as it was.
                verdicts.Release(chunk);
                Fail(file, chunk, GateReason.Unreadable);
            }
            else if (counts && verdicts.Record(chunk, good, now!.Value.Stamp, era))
            {
                file.ProgressAt = Stopwatch.GetTimestamp();
            }
            else if (counts)
            {
                // Changed meanwhile: what was read is of neither file, and all begins anew.
                file.Renew();
                again = true;
            }

            Settle(file);
            file.Rest();
            whole = file.Verdicts.IsComplete;
            // The queue lets go of a file that has nothing to be read, and now it has; or it may have, and nobody else would see.
            again = (again || file.Busy == 0) && file.Demands.Count > 0;
        }

        if (again)
            queue.Activate(file);
        Answer(file, chunk);
        if (whole)
            complete();
        return read;
    }

    /// <summary>Whether every byte of a file is as the lock says, read now.</summary>
    public static bool IsWhole(int descriptor, GatedFile expected)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(ChunkTable.ChunkBytes);
        for (int chunk = 0; chunk < expected.Chunks.Count; chunk++)
        {
            if (!Fill(buffer, descriptor, expected, chunk, out int bytes) || !expected.Chunks.Matches(chunk, buffer.AsSpan(0, bytes)))
                return false;
        }

        return true;
    }

    private static unsafe bool Fill(byte[] buffer, int reader, GatedFile expected, int chunk, out int bytes)
    {
        (long offset, bytes) = expected.Chunks.Place(chunk);
        int filled = 0;
        fixed (byte* into = buffer)
        {
            while (filled < bytes)
            {
                nint read = GateCalls.PRead(reader, into + filled, bytes - filled, offset + filled);
                if (read <= 0)
                    return false;
                filled += (int)read;
            }
        }

        return true;
    }

    // Those who waited for a chunk that cannot be had do not wait on.
    private void Fail(Watched file, int chunk, GateReason reason)
    {
        for (int i = file.Demands.Count - 1; i >= 0; i--)
        {
            if (!file.Demands[i].Holds(chunk))
                continue;
            _failed.Add((file.Demands[i], reason));
            file.Demands.RemoveAt(i);
        }
    }

    private void Settle(Watched file)
    {
        for (int i = file.Demands.Count - 1; i >= 0; i--)
        {
            var demand = file.Demands[i];
            while (demand.Done <= demand.Last && file.Verdicts[demand.Done] == ChunkState.Good)
                demand.Done++;
            if (demand.Done > demand.Last)
            {
                _good.Add(demand);
                file.Demands.RemoveAt(i);
            }
        }

        // A bad chunk may have been found before its demand came, so every demand is looked at.
        for (int i = file.Demands.Count - 1; i >= 0 && file.Verdicts.Bad > 0; i--)
        {
            var demand = file.Demands[i];
            if (file.Verdicts.Of(demand.Done, demand.Last, out int at) != ChunkState.Bad)
                continue;
            demand.Done = at;
            _failed.Add((demand, GateReason.Changed));
            file.Demands.RemoveAt(i);
        }
    }

    private void Answer(Watched file, int chunk)
    {
        foreach (var demand in _good)
        {
            if (demand.Asked is { IsOpen: true, IsAnswered: false })
                judge.Opened(file, demand.Asked.Pid);
            group.Allow(demand.Asked);
        }

        foreach (var (demand, reason) in _failed)
        {
            if (reason == GateReason.Changed && file.Verdicts.Bad > 0)
                judge.Changed(demand.Asked, file, demand.Done);
            else
                judge.GiveUp(demand.Asked, file, reason,
                    reason == GateReason.Changed ? "its size changed while it was read" : $"chunk {chunk} could not be read");
        }

        _good.Clear();
        _failed.Clear();
    }
}
