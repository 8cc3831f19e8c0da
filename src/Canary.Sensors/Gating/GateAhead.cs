using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;
using Canary.Text;

namespace Canary.Sensors.Gating;

/// <summary>
/// Compares what nobody asked for yet, so that who maps a file later need not wait for all of it: one chunk at a time, only while nobody
/// waits for the gate, resting after each for as long as it took. Not at a low priority of the system: its thread has locks, and a
/// collector, in common with those that answer.
/// </summary>
/// <param name="seals">What was compared whole is to be sealed.</param>
[SupportedOSPlatform("linux")]
internal sealed class GateAhead(WatchedFiles files, GateQueue queue, GateReports reports, ChunkReader reader, bool seals)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan GivesWayFor = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ReadsAgainAfter = TimeSpan.FromMinutes(10);

    private long _told;

    public void Run(ManualResetEventSlim ended)
    {
        while (!ended.Wait(Tick))
        {
            foreach (var file in files.All)
            {
                if (IsDue(file) && IsInPlace(file) && TryOpen(file, out var stamp))
                    Compare(file, stamp, ended);
                if (ended.IsSet)
                    return;
            }

            Tell(ended);
        }
    }

    // Whoever found it: also those that read ahead of a loader, who may never ask for it.
    private void Tell(ManualResetEventSlim ended)
    {
        _told = Stopwatch.GetTimestamp();
        foreach (var file in files.All)
        {
            // From the end on descriptors are closed, and what was read by them says nothing.
            if (ended.IsSet)
                return;
            if (file.Verdicts.Bad > 0 && !file.Told && IsInPlace(file))
                Differs(file);
        }
    }

    // Else it was moved away, or replaced, or is another of the same name and length: its bytes are no sign of anything until it is opened.
    private static bool IsInPlace(Watched file) => PathFacts.Of(file.File.Path, follow: true) is { } there && WatchedFiles.IdOf(there) == file.Id;

    /// <summary>It has the length that the lock says, has stayed as it is for a turn, and more is to be known of it.</summary>
    private bool IsDue(Watched file)
    {
        if (!Monitor.TryEnter(file))
            return false;
        try
        {
            if (file.Verdicts.IsComplete && !(seals && file.MayBeSealed))
                file.Spare();
            if (file.Retired || file.IsSealed || file.Demands.Count > 0 || Stopwatch.GetTimestamp() < file.AheadAfter
                || OpenFile.Of(file.Handle, withGeneration: false) is not { } now)
                return false;
            bool stayed = file.Met == now.Stamp;
            file.Met = now.Stamp;
            if (!stayed || now.Stamp.Size != file.File.Size)
                return false;
            bool known = file.Verdicts.Stamp is { } compared && compared with { Generation = 0 } == now.Stamp;
            return !known || (!file.Verdicts.IsComplete && file.Verdicts.Bad == 0);
        }
        finally
        {
            Monitor.Exit(file);
        }
    }

    private static bool TryOpen(Watched file, out FileStamp stamp)
    {
        stamp = default;
        int descriptor = Open(file);
        if (descriptor < 0)
            return false;
        // A download may have its whole length from the beginning.
        if (!GateSeals.NobodyWrites(descriptor))
        {
            _ = LibC.Close(descriptor);
            return false;
        }

        // What there is to write is written before the file is in hand: who opens it meanwhile does not wait for that.
        _ = GateCalls.FSync(descriptor);
        lock (file)
        {
            file.Lend(descriptor);
            if (!file.IsSealed && file.Reader >= 0 && file.Begin(file.Reader) is { } now)
            {
                stamp = now.Stamp;
                return true;
            }

            file.Spare();
            return false;
        }
    }

    // By the handle, whatever lies at the path by now. An open of its own: of a copy of the reader, the end of a lease here would be the end
    // of one that the file is being sealed under. The gate lets its own opens through, and the file is in nobody's hands meanwhile.
    private static unsafe int Open(Watched file)
    {
        int handle;
        lock (file)
            handle = file.Retired ? -1 : GateCalls.FCntl(file.Handle, GateCalls.FDupCloExec, 0);
        if (handle < 0)
            return -1;
        int descriptor;
        fixed (byte* name = Bytes.Terminated(Bytes.Of($"/proc/self/fd/{handle}")))
            descriptor = LibC.Open(name, LibC.OCloExec | LibC.ONonBlock, 0);
        _ = LibC.Close(handle);
        return descriptor;
    }

    private void Compare(Watched file, FileStamp stamp, ManualResetEventSlim ended)
    {
        var verdicts = file.Verdicts;
        for (int next = 0; !ended.IsSet;)
        {
            if (Stopwatch.GetElapsedTime(_told) > Tick)
                Tell(ended);
            if (!queue.IsIdle)
            {
                _ = ended.Wait(GivesWayFor);
                continue;
            }

            int chunk;
            lock (file)
            {
                // Changed, or no longer the lock's: the next turns will see. One that differs already is as good as looked at.
                if (file.Retired || file.Reader < 0 || verdicts != file.Verdicts || verdicts.Stamp != stamp || verdicts.Bad > 0)
                {
                    file.Spare();
                    return;
                }

                // Not taken: others may, and nobody has to wait for this thread.
                chunk = verdicts.Next(next);
                if (chunk < 0)
                    return;
                next = chunk;
                file.Busy++;
            }

            long began = Stopwatch.GetTimestamp();
            if (!reader.Read(file, chunk))
            {
                Unread(file, verdicts, chunk);
                return;
            }

            var took = Stopwatch.GetElapsedTime(began);
            _ = ended.Wait(took > Least ? took : Least);
        }
    }

    private void Unread(Watched file, ChunkVerdicts verdicts, int chunk)
    {
        lock (file)
        {
            // It may have become shorter, or another.
            if (file.Retired || verdicts != file.Verdicts || OpenFile.Of(file.Handle, withGeneration: false) is not { } now || now.Stamp.Size != file.File.Size)
                return;
            file.AheadAfter = Watched.In(ReadsAgainAfter);
            file.Spare();
        }

        reports.Health("file", 1, string.Create(CultureInfo.InvariantCulture, $"chunk {chunk} of {file.Path} cannot be read: it was to be compared before anyone asks for it"));
    }

    private void Differs(Watched file)
    {
        GatedFile expected;
        int chunk;
        lock (file)
        {
            if (file.Told || file.Retired || file.Verdicts.Of(0, file.Verdicts.Count - 1, out chunk) != ChunkState.Bad)
                return;
            file.Told = true;
            expected = file.File;
        }

        (long offset, int bytes) = expected.Chunks.Place(chunk);
        string tensors = string.Join(", ", expected.TensorsIn(chunk).Select(static t => Printable.Line(t, 256)).Take(8));
        reports.Health("changed", 1, string.Create(
            CultureInfo.InvariantCulture,
            $"{file.Path} is not what the lock says, seen before anyone asked for it: the {bytes} bytes from offset {offset}{(tensors.Length > 0 ? $", of {tensors}" : "")}. What comes after was not looked at"));
    }
}
