using System.Diagnostics;
using System.Runtime.Versioning;
using Canary.Events;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>A file that the lock names, as the inode that it is now. Everything but the constructor's values is used under a lock of the object.</summary>
/// <param name="handle">O_PATH: what the file is asked by, without an open that anyone sees. Owned.</param>
/// <param name="hasRanges">Its filesystem asks before bytes are read.</param>
[SupportedOSPlatform("linux")]
internal sealed class Watched(GatedFile file, FileId id, string path, int handle, bool hasRanges) : IDisposable
{
    // A reader who goes on in order is likely to go on; one who jumps is not.
    private const int AheadOfStream = 16;
    private const int AheadOfJump = 2;

    private static readonly TimeSpan BringsWithin = TimeSpan.FromMinutes(5);

    private volatile Expectation _expected = new(file);
    private int _ahead;
    private int _aheadLast = -1;
    private int _next = -1;
    private bool _lent;

    /// <summary>What the lock says of it. Replaced with the lock.</summary>
    public GatedFile File => _expected.File;

    /// <summary>Both at once, with or without the lock of the object.</summary>
    public Expectation Expected => _expected;

    public FileId Id => id;

    public string Path => path;

    public int Handle { get; private set; } = handle;

    public bool HasRanges => hasRanges;

    /// <summary>Compare it before it is opened: for whoever opens it, reads may raise no events.</summary>
    public bool WholeAtOpen { get; init; } = !hasRanges;

    public ChunkVerdicts Verdicts => _expected.Verdicts;

    /// <summary>What is refused of it.</summary>
    public GatePolicy Policy { get; set; } = GatePolicy.DenyUnknown;

    /// <summary>It was taken for this file because of its own path, not of a name and a size.</summary>
    public bool Exact { get; set; }

    /// <summary>No lock names it any longer, or its last name is gone: it is not to be used.</summary>
    public bool Retired { get; private set; }

    public List<Demand> Demands { get; } = [];

    /// <summary>What chunks are read by: a copy of the descriptor of some event, whose reads raise none; or a lent one. -1 where no chunk is wanted.</summary>
    public int Reader { get; private set; } = -1;

    /// <summary>Chunks that are being read.</summary>
    public int Busy { get; set; }

    /// <summary>When a chunk was last compared.</summary>
    public long ProgressAt { get; set; }

    /// <summary>When its last name was seen to be gone; 0 while it has one.</summary>
    public long GoneAt { get; set; }

    public FileGuarantee Guarantee { get; set; } = hasRanges ? FileGuarantee.Watched : FileGuarantee.CheckedAtOpen;

    public bool IsSealed => Guarantee == FileGuarantee.Sealed;

    /// <summary>What seals it is fs-verity: its bytes stay, but its names may change.</summary>
    public bool ForGood { get; set; }

    /// <summary>The immutable flag is Canary's to take off.</summary>
    public bool OwnSeal { get; set; }

    /// <summary>Why fs-verity is not to be had for it; null while it may.</summary>
    public string? NoVerity { get; set; }

    /// <summary>Why no seal will ever hold; null while one may.</summary>
    public string? Unsealable { get; set; }

    /// <summary>What it was when those who compare ahead met it last.</summary>
    public FileStamp? Met { get; set; }

    /// <summary>Somebody was told that bytes of it differ, since its verdicts began.</summary>
    public bool Told { get; set; }

    /// <summary>A store through a mapping moves none of its times: what was compared holds for one open, and for no seal.</summary>
    public bool StoresUnseen { get; init; }

    /// <summary>Before this nothing is compared ahead: it could not be read, or the lock has only now come to say something else of it.</summary>
    public long AheadAfter { get; set; }

    /// <summary>What stores may have done to it since it was compared can be told.</summary>
    public bool MayBeSealed => Unsealable is null && !StoresUnseen;

    /// <summary>Before this no seal is tried again: the last one failed by something that may pass, as a full disk.</summary>
    public long SealsAfter { get; set; }

    /// <summary>The event's file as it is now; syncs it when the verdicts that there were no longer hold. Null: it cannot be asked.</summary>
    public OpenFile? Begin(int descriptor)
    {
        if (OpenFile.Of(descriptor) is not { } now)
            return null;
        if (Verdicts.Stamp == now.Stamp)
            return now;
        if (IsSealed && ForGood && now.Verity)
        {
            // Its owner, its rights and its names may change, and move ctime; its bytes cannot.
            Verdicts.Restamp(now.Stamp);
            return now;
        }

        // After this a store through any mapping moves ctime, so that the stamp cannot stay while the bytes change.
        _ = GateCalls.FSync(descriptor);
        if (OpenFile.Of(descriptor) is not { } synced)
            return null;
        if (Verdicts.Begin(synced.Stamp))
        {
            Told = false;
            Restart();
        }

        return synced;
    }

    /// <summary>It changed while a chunk was read, which is to be read anew, by whoever wants it.</summary>
    public void Renew()
    {
        _ = Begin(Reader);
        Restart();
    }

    public void Want(Demand demand)
    {
        Demands.Add(demand);
        demand.Asked.Waits = true;
        // Of a lent one each read is a question to the gate itself, and to whoever else guards the file.
        if (_lent && Busy == 0)
            CloseReader();
        if (Reader < 0)
            Reader = GateCalls.FCntl(demand.Asked.Descriptor, GateCalls.FDupCloExec, 0);
        if (ProgressAt == 0)
            ProgressAt = Stopwatch.GetTimestamp();
        bool stream = demand.First == _next || demand.First == 0;
        _next = demand.Last + 1;
        Ahead(demand.Last, stream);
    }

    /// <summary>A range was good already: what comes after it will be asked for next.</summary>
    public bool Passed(int last)
    {
        if (Reader < 0 || Verdicts.IsComplete)
            return false;
        _next = last + 1;
        return Ahead(last, stream: true);
    }

    /// <summary>A chunk to read now, for those who wait before those who may come; -1 for none.</summary>
    public int Take()
    {
        if (Reader < 0)
            return -1;
        foreach (var demand in Demands)
        {
            if (demand.Asked.IsAnswered)
                continue;
            int chunk = Verdicts.Take(ref demand.Next, demand.Last);
            if (chunk >= 0)
                return chunk;
        }

        return Verdicts.Take(ref _ahead, _aheadLast);
    }

    /// <summary>No chunk of it will be wanted soon: it needs no descriptor, unless somebody reads.</summary>
    public void Spare()
    {
        if (Busy == 0 && Demands.Count == 0)
            CloseReader();
    }

    /// <summary>A moment of the stopwatch.</summary>
    public static long In(TimeSpan time) => Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>What chunks may be read by, if there is nothing yet: it is this object's from now on.</summary>
    public void Lend(int descriptor)
    {
        if (Reader < 0 && !Retired)
            (Reader, _lent) = (descriptor, true);
        else
            _ = LibC.Close(descriptor);
    }

    /// <summary>Ends what was known of the bytes.</summary>
    public void Forget()
    {
        Verdicts.Forget();
        Told = false;
        Restart();
    }

    /// <summary>It is held against something else from now on.</summary>
    /// <returns>Who waited for bytes of it: to be judged anew.</returns>
    public IReadOnlyList<Question> Expect(GatedFile another, GatePolicy policy)
    {
        Policy = policy;
        _expected = new Expectation(another);
        Unsealable = null;
        Told = false;
        AwaitBringing();
        (_ahead, _aheadLast, _next) = (0, -1, -1);
        return Release();
    }

    /// <summary>Whoever locks what he is about to bring is given the time to bring it.</summary>
    public void AwaitBringing() => AheadAfter = In(BringsWithin);

    /// <summary>The same bytes, with other words about them.</summary>
    public void Rename(GatedFile same) => _expected = _expected with { File = same };

    public IReadOnlyList<Question> Retire()
    {
        Retired = true;
        if (Busy == 0)
            Dispose();
        return Release();
    }

    /// <summary>Takes away those whose question was answered while they waited; the caller closes them.</summary>
    public IReadOnlyList<Question> Sweep()
    {
        if (!Demands.Exists(static d => d.Asked.IsAnswered))
            return [];
        Question[] answered = [.. Demands.Where(static d => d.Asked.IsAnswered).Select(static d => d.Asked)];
        Demands.RemoveAll(static d => d.Asked.IsAnswered);
        return answered;
    }

    /// <summary>A sealed file that nobody reads from needs no descriptor.</summary>
    public void Rest()
    {
        if (Retired && Busy == 0)
            Dispose();
        else if (IsSealed && Busy == 0)
            CloseReader();
    }

    public void Dispose()
    {
        CloseReader();
        if (Handle >= 0)
            _ = LibC.Close(Handle);
        Handle = -1;
    }

    private Question[] Release()
    {
        Question[] waiting = [.. Demands.Select(static d => d.Asked)];
        Demands.Clear();
        return waiting;
    }

    private void CloseReader()
    {
        if (Reader >= 0)
            _ = LibC.Close(Reader);
        (Reader, _lent) = (-1, false);
    }

    private bool Ahead(int last, bool stream)
    {
        int until = Math.Min(Verdicts.Count - 1, last + (stream ? AheadOfStream : AheadOfJump));
        if (until == _aheadLast)
            return false;
        if (last + 1 > _ahead || until < _aheadLast)
            _ahead = last + 1;
        _aheadLast = until;
        return true;
    }

    private void Restart()
    {
        foreach (var demand in Demands)
            demand.Restart();
        (_ahead, _aheadLast, _next) = (0, -1, -1);
    }
}
