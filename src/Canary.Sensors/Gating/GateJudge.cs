using System.Runtime.Versioning;
using Canary.Events;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>Answers the questions that need more than a look: on a worker, which may take its time.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GateJudge(GateGroup group, WatchedFiles files, GatePlaces places, GateQueue queue, GateReports reports, ModelGateOptions options)
{
    public void Judge(PermissionEvent asked)
    {
        if (OpenFile.Of(asked.Descriptor) is not { } facts)
        {
            Refuse(asked, GateCalls.EIo, GatePolicy.DenyChanged);
            return;
        }

        if (!facts.IsRegular || (options.Trusted is { } image && LoaderProbe.IsRootWith(asked.Pid, image)))
        {
            group.Allow(asked);
            return;
        }

        var id = WatchedFiles.IdOf(facts);
        if ((files.Find(id) ?? Adopt(asked, facts)) is { } file)
            Known(asked, file, facts);
        else
            Unknown(asked, id, facts);
    }

    private Watched? Adopt(PermissionEvent asked, OpenFile facts)
    {
        string path = OpenFile.PathOf(asked.Descriptor);
        return files.Adopt(asked.Descriptor, facts, path, places.IsBeside(path));
    }

    private void Known(PermissionEvent asked, Watched file, OpenFile facts)
    {
        if (facts.Stamp.Size != file.File.Size)
        {
            OtherSize(asked, file, facts);
            return;
        }

        bool waits = false;
        int bad = -1;
        lock (file)
        {
            // An open is only the start, where reads raise events of their own.
            bool whole = asked.IsOpen && file.WholeAtOpen;
            if (whole || !asked.IsOpen)
            {
                if (file.Begin(asked.Descriptor) is null)
                    bad = 0;
                else if (file.Verdicts.Covers(whole ? 0 : asked.Offset, whole ? facts.Stamp.Size : asked.Count, out int first, out int last))
                    (waits, bad) = Ranges(asked, file, first, last);
            }
        }

        if (waits)
        {
            queue.Activate(file);
            return;
        }

        if (bad >= 0)
        {
            Changed(asked, file, bad);
            return;
        }

        if (asked.IsOpen)
            Opened(file, asked.Pid);
        group.Allow(asked);
    }

    /// <summary>Tells of an open that goes on.</summary>
    public void Opened(Watched file, int pid)
    {
        string detail = !file.WholeAtOpen && !file.IsSealed ? "its bytes are compared as they are read" : "all of its bytes are as the lock says";
        reports.Allowed(file.Path, file.Id, file.File, GateReason.Known, detail, pid);
    }

    private static (bool Waits, int Bad) Ranges(PermissionEvent asked, Watched file, int first, int last)
    {
        switch (file.Verdicts.Of(first, last, out int at))
        {
            case ChunkState.Good:
                return (false, -1);
            case ChunkState.Bad:
                return (false, at);
            default:
                file.Want(new Demand(asked, first, last));
                return (true, -1);
        }
    }

    /// <summary>A range that holds a bad chunk. The answer is EIO, as of a disk that fails there.</summary>
    public void Changed(PermissionEvent asked, Watched file, int chunk)
    {
        if (LoaderProbe.OnlyWrites(asked.Pid, file.Id.Device, file.Id.Inode))
        {
            group.Allow(asked);
            return;
        }

        var (offset, bytes) = file.File.Chunks.Place(chunk);
        string detail = $"the {bytes} bytes from offset {offset} differ from the lock";
        if (options.Policy >= GatePolicy.DenyChanged)
            reports.Denied(file.Path, file.Id, file.File, GateReason.Changed, detail, asked.Pid, chunk);
        else
            reports.Allowed(file.Path, file.Id, file.File, GateReason.Changed, detail, asked.Pid, chunk);
        Refuse(asked, asked.IsOpen ? LibC.EPerm : GateCalls.EIo, GatePolicy.DenyChanged);
    }

    /// <summary>Ends a wait that nothing comes of.</summary>
    public void GiveUp(PermissionEvent asked, Watched file, GateReason reason, string detail)
    {
        if (options.Policy >= GatePolicy.DenyChanged)
            reports.Denied(file.Path, file.Id, file.File, reason, detail, asked.Pid);
        else
            reports.Allowed(file.Path, file.Id, file.File, reason, detail, asked.Pid);
        Refuse(asked, asked.IsOpen ? LibC.EPerm : GateCalls.EIo, GatePolicy.DenyChanged);
    }

    /// <summary>No worker was free in time.</summary>
    public void GiveUp(PermissionEvent asked)
    {
        reports.Health("file", 1, $"a question of process {asked.Pid} was not looked at within {options.Deadline.TotalSeconds:0.###} s");
        Refuse(asked, GateCalls.EIo, GatePolicy.DenyChanged);
    }

    private void OtherSize(PermissionEvent asked, Watched file, OpenFile facts)
    {
        // Nothing can be read of an empty file, and a change of size is no reading.
        if (facts.Stamp.Size == 0 || (!asked.IsOpen && asked.Count == 0) || LoaderProbe.OnlyWrites(asked.Pid, file.Id.Device, file.Id.Inode))
        {
            group.Allow(asked);
            return;
        }

        GiveUp(asked, file, GateReason.Changed, $"it has {facts.Stamp.Size} bytes, in the lock {file.File.Size}");
    }

    private void Unknown(PermissionEvent asked, FileId id, OpenFile facts)
    {
        string path = OpenFile.PathOf(asked.Descriptor);
        // A download begins with an empty file, and goes on by writing where nothing is yet.
        bool nothing = asked.IsOpen ? facts.Stamp.Size == 0 : asked.Count == 0 || asked.Offset >= facts.Stamp.Size;
        if (nothing || places.IsBeside(path) || (!asked.IsOpen && LoaderProbe.OnlyWrites(asked.Pid, id.Device, id.Inode)))
        {
            group.Allow(asked);
            return;
        }

        const string Detail = "no lock names it";
        if (options.Policy >= GatePolicy.DenyUnknown)
        {
            reports.Denied(path, id, null, GateReason.Unknown, Detail, asked.Pid);
        }
        else
        {
            reports.Allowed(path, id, null, GateReason.Unknown, Detail, asked.Pid);
            // Nothing is compared, so nothing is to be asked again before it is opened anew.
            _ = group.Ignore(asked.Descriptor, GateFan.PreAccess);
        }

        Refuse(asked, LibC.EPerm, GatePolicy.DenyUnknown);
    }

    private void Refuse(PermissionEvent asked, int error, GatePolicy from)
    {
        if (options.Policy >= from)
            group.Deny(asked, error);
        else
            group.Allow(asked);
    }
}
