using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;
using Canary.Text;

namespace Canary.Sensors.Gating;

/// <summary>
/// Compares what nobody asked for yet, so that who maps a file later need not wait for all of it: one chunk at a time, only while nobody
/// waits for the gate, on a thread that gives way to everything else of the machine.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class GateAhead(WatchedFiles files, GateQueue queue, GateReports reports, ChunkReader reader)
{
    private const int GivesWayToAll = 19;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GivesWayFor = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ReadsAgainAfter = TimeSpan.FromMinutes(10);

    public void Run(ManualResetEventSlim ended)
    {
        // On Linux this is of the calling thread alone, and disks that know priorities go by it, too.
        _ = GateCalls.SetPriority(0, 0, GivesWayToAll);
        while (!ended.Wait(Tick))
        {
            foreach (var file in files.All.OrderBy(static f => f.Path, StringComparer.Ordinal))
            {
                if (ended.IsSet)
                    return;
                if (IsDue(file) && TryOpen(file, out var stamp))
                    Compare(file, stamp, ended);
            }
        }
    }

    /// <summary>It has the length that the lock says, has stayed as it is for a turn, and more is to be known of it.</summary>
    private static bool IsDue(Watched file)
    {
        if (!Monitor.TryEnter(file))
            return false;
        try
        {
            if (file.Retired || file.Demands.Count > 0 || Stopwatch.GetTimestamp() < file.AheadAfter
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

        lock (file)
        {
            file.Lend(descriptor);
            if (file.Reader < 0 || file.Begin(file.Reader) is not { } now)
                return false;
            stamp = now.Stamp;
            return true;
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
        var (expected, verdicts) = file.Expected;
        while (!ended.IsSet)
        {
            if (!queue.IsIdle)
            {
                _ = ended.Wait(GivesWayFor);
                continue;
            }

            int chunk;
            lock (file)
            {
                // Changed or no longer the lock's: the next turns will see.
                if (file.Retired || file.Reader < 0 || verdicts != file.Verdicts || verdicts.Stamp != stamp)
                    break;
                chunk = file.TakeIdle();
                if (chunk < 0)
                    return;
                file.Busy++;
            }

            reader.Read(file, chunk);
            bool bad, failed;
            lock (file)
            {
                bool same = !file.Retired && verdicts == file.Verdicts;
                bad = same && verdicts.Stamp == stamp && verdicts[chunk] == ChunkState.Bad;
                failed = same && verdicts.Stamp is null && OpenFile.Of(file.Handle, withGeneration: false) is { } now && now.Stamp.Size == file.File.Size;
                if (failed)
                    file.AheadAfter = Stopwatch.GetTimestamp() + (long)(ReadsAgainAfter.TotalSeconds * Stopwatch.Frequency);
            }

            if (bad)
                Differs(file, expected, chunk);
            if (failed)
                reports.Health("file", 1, string.Create(CultureInfo.InvariantCulture, $"{file.Path} cannot be read: chunk {chunk} was to be compared ahead of its readers"));
            if (bad || failed)
                return;
        }
    }

    private void Differs(Watched file, GatedFile expected, int chunk)
    {
        (long offset, int bytes) = expected.Chunks.Place(chunk);
        string tensors = string.Join(", ", expected.TensorsIn(chunk).Select(static t => Printable.Line(t, 256)).Take(8));
        reports.Health("changed", 1, string.Create(
            CultureInfo.InvariantCulture,
            $"{file.Path} is not what the lock says, seen before anyone asked for it: the {bytes} bytes from offset {offset}{(tensors.Length > 0 ? $", of {tensors}" : "")}. What comes after was not looked at"));
    }
}
