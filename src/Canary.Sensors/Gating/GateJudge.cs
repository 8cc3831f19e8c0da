using System.Runtime.Versioning;
using Canary.Events;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>Answers the questions that need more than a look: on a worker, which may take its time.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GateJudge(GateGroup group, WatchedFiles files, GatePlaces places, GateQueue queue, GateReports reports, ModelGateOptions options)
{
    // A file is in other hands for as long as a look takes, or for as long as a disk does.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly FileId? _trusted = options.Trusted is { } program && PathFacts.Of(program, follow: true) is { } facts ? WatchedFiles.IdOf(facts) : null;

    public void Judge(Question asked)
    {
        if (asked.IsAnswered)
        {
            GateGroup.Close(asked);
            return;
        }

        if (OpenFile.Of(asked.Descriptor) is not { } facts)
        {
            Refuse(asked, GateCalls.EIo, options.Policies.Strictest >= GatePolicy.DenyChanged);
            return;
        }

        if (!facts.IsRegular || (_trusted is { } program && LoaderProbe.IsRootWith(asked.Pid, program)))
        {
            group.Allow(asked);
            return;
        }

        var id = WatchedFiles.IdOf(facts);
        if ((files.Find(id) ?? Adopt(asked, facts)) is not { } file || !Known(asked, file, facts))
            Unknown(asked, id, facts);
    }

    private Watched? Adopt(Question asked, OpenFile facts)
    {
        string path = OpenFile.PathOf(asked.Descriptor);
        return files.Adopt(asked.Descriptor, facts, path, places.IsBeside(path, facts));
    }

    /// <summary>False: it is none of the lock's any more.</summary>
    private bool Known(Question asked, Watched file, OpenFile facts)
    {
        asked.File = file;
        // Bytes that the lock has under one name are not good under another: two models that change places are both refused.
        var elsewhere = asked.IsOpen ? files.OtherName(asked.Descriptor, file) : null;
        bool waits = false, other, retired;
        int bad = -1;
        if (!Monitor.TryEnter(file, asked.Held ? TimeSpan.Zero : Look))
        {
            asked.Held = true;
            queue.AskLater(asked);
            return true;
        }

        try
        {
            retired = file.Retired;
            other = facts.Stamp.Size != file.File.Size;
            // An open is only the start, where reads raise events of their own.
            bool whole = asked.IsOpen && file.WholeAtOpen;
            if (!retired && !other && elsewhere is null && !asked.IsAnswered && (whole || !asked.IsOpen))
            {
                if (whole && file.StoresUnseen && !file.Demands.Exists(static d => !d.Asked.IsAnswered))
                    file.Forget();
                if (file.Begin(asked.Descriptor) is null)
                    bad = 0;
                else if (file.Verdicts.Covers(whole ? 0 : asked.Offset, whole ? facts.Stamp.Size : asked.Count, out int first, out int last))
                    (waits, bad) = Ranges(asked, file, first, last);
            }
        }
        finally
        {
            Monitor.Exit(file);
        }

        if (retired)
            return false;
        if (waits)
            queue.Activate(file);
        else if (asked.IsAnswered)
            GateGroup.Close(asked);
        else if (other)
            OtherSize(asked, file, facts);
        else if (elsewhere is not null)
            GiveUp(asked, file, GateReason.Changed, $"its bytes are those that the lock has as {file.File.Path}, and not those of {elsewhere.Path}");
        else if (bad >= 0)
            Changed(asked, file, bad);
        else
            Pass(asked, file);
        return true;
    }

    private void Pass(Question asked, Watched file)
    {
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

    private static (bool Waits, int Bad) Ranges(Question asked, Watched file, int first, int last)
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
    public void Changed(Question asked, Watched file, int chunk)
    {
        if (LoaderProbe.OnlyWrites(asked.Pid, file.Id.Device, file.Id.Inode))
        {
            group.Allow(asked);
            return;
        }

        // The lock may have been replaced since, by one with a shorter file.
        var (expected, _) = file.Expected;
        string detail = chunk < expected.Chunks.Count
            ? $"the {expected.Chunks.Place(chunk).Bytes} bytes from offset {expected.Chunks.Place(chunk).Offset} differ from the lock"
            : "it differs from the lock";
        Answer(asked, file, GateReason.Changed, detail, chunk);
    }

    /// <summary>Ends a wait that nothing comes of.</summary>
    public void GiveUp(Question asked, Watched file, GateReason reason, string detail) => Answer(asked, file, reason, detail);

    /// <summary>The answer to a question whose time is over, whoever holds it: it reads nothing and tells nothing, and cannot be held up.</summary>
    /// <returns>False: it was answered meanwhile.</returns>
    public bool Cut(Question asked)
    {
        var policy = asked.File is { } file ? file.Policy : options.Policies.Strictest;
        return group.Cut(asked, policy < GatePolicy.DenyChanged ? 0 : asked.IsOpen ? LibC.EPerm : GateCalls.EIo);
    }

    /// <summary>Tells of a question that was answered so.</summary>
    public void TellCut(Question asked)
    {
        string limit = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{options.Deadline.TotalSeconds:0.###} s");
        if (asked.File is { } file)
            Tell(asked, file, GateReason.Deadline, asked.Waits ? $"no chunk could be compared for {limit}" : $"the file was held up for {limit}");
        else
            reports.Health("deadline", 1, $"a question of process {asked.Pid} was not looked at within {limit}");
    }

    private void Answer(Question asked, Watched file, GateReason reason, string detail, int chunk = -1)
    {
        if (!asked.IsAnswered)
            Tell(asked, file, reason, detail, chunk);
        Refuse(asked, asked.IsOpen ? LibC.EPerm : GateCalls.EIo, file.Policy >= GatePolicy.DenyChanged);
    }

    private void Tell(Question asked, Watched file, GateReason reason, string detail, int chunk = -1)
    {
        file.Told |= reason == GateReason.Changed && chunk >= 0;
        if (file.Policy >= GatePolicy.DenyChanged)
            reports.Denied(file.Path, file.Id, file.File, reason, detail, asked.Pid, chunk);
        else
            reports.Allowed(file.Path, file.Id, file.File, reason, detail, asked.Pid, chunk);
    }

    private void OtherSize(Question asked, Watched file, OpenFile facts)
    {
        // Nothing can be read of an empty file, and a change of size is no reading.
        if (facts.Stamp.Size == 0 || (!asked.IsOpen && asked.Count == 0) || LoaderProbe.OnlyWrites(asked.Pid, file.Id.Device, file.Id.Inode))
        {
            group.Allow(asked);
            return;
        }

        GiveUp(asked, file, GateReason.Changed, $"it has {facts.Stamp.Size} bytes, in the lock {file.File.Size}");
    }

    private void Unknown(Question asked, FileId id, OpenFile facts)
    {
        string path = OpenFile.PathOf(asked.Descriptor);
        // A download begins with an empty file, and goes on by writing where nothing is yet.
        bool nothing = asked.IsOpen ? facts.Stamp.Size == 0 : asked.Count == 0 || asked.Offset >= facts.Stamp.Size;
        if (nothing || places.IsBeside(path, facts) || (!asked.IsOpen && LoaderProbe.OnlyWrites(asked.Pid, id.Device, id.Inode)))
        {
            group.Allow(asked);
            return;
        }

        const string Detail = "no lock names it";
        bool denies = options.Policies.Of(places.NameHere(path, facts)) >= GatePolicy.DenyUnknown;
        if (denies)
        {
            reports.Denied(path, id, null, GateReason.Unknown, Detail, asked.Pid);
        }
        else
        {
            reports.Allowed(path, id, null, GateReason.Unknown, Detail, asked.Pid);
            // Nothing is compared, so nothing is to be asked again before it is opened anew.
            _ = group.Ignore(asked.Descriptor, GateFan.PreAccess);
        }

        Refuse(asked, LibC.EPerm, denies);
    }

    private void Refuse(Question asked, int error, bool denies)
    {
        if (denies)
            group.Deny(asked, error);
        else
            group.Allow(asked);
    }
}
