using System.Diagnostics;
using System.Runtime.Versioning;
using System.Threading.Channels;
using Canary.Events;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>
/// Stands between model files and who opens them: what differs from the book is not read. One thread hears the kernel and answers what
/// it can without waiting; workers read, compare, and tell; a clock answers what they do not come to.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class ModelGate : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LooksAtPlaces = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);

    private readonly ModelGateOptions _options;
    private readonly GateGroup _group;
    private readonly GateReports _reports;
    private readonly GateQueue _queue;
    private readonly int _workers;
    private readonly WatchedFiles _files;
    private readonly GatePlaces _places;
    private readonly GateSeals _seals;
    private readonly SealRounds _rounds;
    private readonly GateJudge _judge;
    private readonly GateClock _clock;
    private readonly GateTable _table;
    private readonly DirectWatch _direct;
    private readonly GateNames _names;
    private readonly SealedOpens _opens = new();
    private readonly List<Thread> _threads = [];
    private readonly ManualResetEventSlim _ended = new();
    private readonly SealRecord? _record;
    private readonly object _using = new();
    private Thread? _verity, _ahead;
    private volatile bool _leaves;
    private int _stopped;

    private ModelGate(ModelGateOptions options, IGateBook book, GateGroup group, TimeProvider time)
    {
        _options = options;
        _group = group;
        // More than processors: a file on a disk that stands still holds who reads it or seals it.
        _workers = options.Workers > 0 ? options.Workers : Math.Clamp(Environment.ProcessorCount + 6, 8, 16);
        _queue = new GateQueue(_workers, Math.Min(_workers, Environment.ProcessorCount));
        _record = options.SealRecord is { } record ? SealRecord.Load(record) : null;
        var probe = new LoaderProbe(time);
        _reports = new GateReports(probe, time);
        _direct = new DirectWatch(probe, _reports);
        _files = new WatchedFiles(group, book, _queue, _reports, options);
        _places = new GatePlaces(group, _files, _reports);
        _seals = new GateSeals(group, _reports, options, _record, _opens);
        _rounds = new SealRounds(_files, _seals);
        _judge = new GateJudge(group, _files, _places, _queue, _reports, options);
        _clock = new GateClock(_queue, _judge, options);
        _names = new GateNames(options.Ahead);
        _table = new GateTable(group, _files, _queue, _reports, Turn);
        _places.Entered = _names.Enter;
    }

    /// <summary>What there is to tell; completed after <see cref="Stop"/>.</summary>
    public ChannelReader<GateWord> Words => _reports.Words;

    /// <summary>The files of the book that are guarded by now, with what holds for each.</summary>
    public IReadOnlyList<(string Path, FileGuarantee Guarantee)> Files =>
        [.. _files.All.Select(f => (f.Path, f.Guarantee)).OrderBy(f => f.Path, StringComparer.Ordinal)];

    /// <summary>Sets the gate up. From the return on every open and read below the paths is judged.</summary>
    /// <returns>Why it cannot stand, in words; null when it does.</returns>
    /// <exception cref="IOException">The record of seals cannot be read.</exception>
    public static string? Start(ModelGateOptions options, IGateBook book, TimeProvider time, out ModelGate? gate)
    {
        gate = null;
        if (GateGroup.Open(options.Group, out var group) is { } lack)
            return lack;
        var made = new ModelGate(options, book, group!, time);
        // The answers before the questions.
        made.StartThreads();
        foreach (string path in options.Paths)
        {
            if (made._places.Add(path, made.Meet) is { } fault)
            {
                // Whoever else holds the group has another that refuses, or never had one.
                made.Leave();
                made.Dispose();
                return fault;
            }
        }

        // Files of the book that links below the paths lead to.
        foreach (var file in book.Files)
            made.Meet(file.Path);
        made._places.TellLinks();
        if (made._names.Unwatched > 0)
            made._reports.Health("place", made._names.Unwatched,
                "directories that come below as many guarded ones will not be guarded: raise fs.inotify.max_user_watches");
        new SealTakeover(made._files, made._reports, made._record).Run();
        OpenBefore.Tell(made._files, made._reports, static _ => true, "before the gate stood");
        if (options.Ahead)
            made._ahead = Started("gate ahead", () => new GateAhead(made._files, made._queue, made._reports, made.NewReader(), options.Seal != ModelSeal.None).Run(made._ended));
        made.Begin("gate places", () => made.Every(LooksAtPlaces, () => made._places.Look(made.Meet)));
        gate = made;
        return null;
    }

    /// <summary>
    /// Another book takes the place of the one in force. What it says the same of stays as it is; every other file is unsealed, and compared
    /// anew at its next open or read.
    /// </summary>
    /// <returns>What changed; null when the gate has ended.</returns>
    public BookChange? Use(IGateBook book)
    {
        lock (_using)
        {
            if (_stopped != 0)
                return null;
            var known = _files.All.Select(f => f.Id).ToHashSet();
            var change = new BookTurn(_files, _seals, _queue, _reports, _options.Policies).Run(book);
            foreach (var file in book.Files)
                Meet(file.Path);
            foreach (var file in _files.All.Where(f => !known.Contains(f.Id)))
            {
                lock (file)
                    file.AwaitBringing();
            }

            OpenBefore.Tell(_files, _reports, id => !known.Contains(id), "before the lock named it");
            return change with { Added = _files.All.Count(f => !known.Contains(f.Id)) };
        }
    }

    /// <summary>For whoever hears the words, beside what the gate itself tells.</summary>
    /// <param name="count">0 for what is no loss.</param>
    public void Say(string lossClass, string reason, long count) => _reports.Health(lossClass, count, reason);

    /// <summary>
    /// At the end that comes the marks go, too: whoever else holds the group has asked for it. Without this they stay, and the other refuses
    /// what is asked from then on.
    /// </summary>
    public void Leave() => _leaves = true;

    /// <summary>
    /// Ends the gate in order: what waits is answered, seals are taken off, the last words are told. A disk that does not answer holds it up
    /// for some seconds at most.
    /// </summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        // Nothing unread goes through, not even at the end; and nobody waits for threads that wait for a disk.
        foreach (var asked in _queue.End())
            _ = _judge.Cut(asked);
        _ended.Set();
        _names.End();
        _opens.End();
        _rounds.End();
        long began = Stopwatch.GetTimestamp();
        foreach (var thread in _threads.Skip(1))
            Join(thread, began);
        // It may wait for a disk that nobody else asked: no answer and no seal depends on it.
        _ = _ahead?.Join(2 * Tick);
        var last = new Thread(LetGo) { Name = "gate end", IsBackground = true };
        last.Start();
        if (!Join(last, began))
        {
            _reports.Health("seal", 1,
                $"the disk did not answer for {EndsWithin.TotalSeconds:0} s: what is sealed may stay so; canary model unseal takes the flags off");
        }

        // The last of the threads: until here it answered what this one opened.
        if (_leaves)
            _group.UnmarkAll();
        _table.End();
        _threads[0].Join();
        _group.Dispose();
        _clock.Tell();
        _reports.Turn(all: true);
        _reports.End();
    }

    public void Dispose()
    {
        Stop();
        // A thread that a disk holds up still uses the rest, which goes with the process.
        if (_threads.Exists(static t => t.IsAlive) || new[] { _verity, _ahead }.Any(static t => t is { IsAlive: true } && !t.Join(2 * Tick)))
            return;
        _table.Dispose();
        _names.Dispose();
        _opens.Dispose();
        _rounds.Dispose();
        _ended.Dispose();
    }

    private void LetGo()
    {
        var unsealed = new List<(ulong, ulong)>();
        lock (_using)
        {
            foreach (var file in _files.All)
            {
                lock (file)
                {
                    foreach (var demand in file.Demands)
                        GateGroup.Close(demand.Asked);
                    file.Demands.Clear();
                }

                if (_seals.Undo(file))
                    unsealed.Add((file.Id.Device, file.Id.Inode));
                lock (file)
                    file.Dispose();
            }
        }

        if (_record?.End(unsealed) is { } unwritten)
            _reports.Health("seal", 1, $"that the gate came to its end could not be written down ({unwritten}): the next one will say that it did not");
    }

    private static bool Join(Thread thread, long began)
    {
        var left = EndsWithin - Stopwatch.GetElapsedTime(began);
        return thread.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private void Turn(PermissionEvent asked)
    {
        if (_options.Policies.Strictest == GatePolicy.Observe)
            _group.Allow(asked);
        else
            _group.Deny(asked, asked.IsOpen ? LibC.EPerm : GateCalls.EIo);
    }

    private void StartThreads()
    {
        Begin("gate", _table.Run);
        for (int i = 0; i < _workers; i++)
        {
            int worker = i;
            Begin("gate worker", () => Work(worker));
        }

        Begin("gate clock", () => Every(Tick, _clock.Turn, _options.Pulse));
        Begin("gate words", () => Every(Tick, new GateRounds(_files, _clock, _reports).Turn));
        Begin("gate seals", _rounds.Run);
        if (_options.Seal == ModelSeal.Verity)
        {
            // Not waited for at the end: only the death of the process ends the making of a hash tree.
            _verity = Started("gate verity", () => Every(Tick, _rounds.SealForGood));
        }

        Begin("gate direct", () => _direct.Run(_ended));
        Begin("gate opens", () => _opens.Run(Opened, () => _reports.Health("file", 1, "more sealed files were opened than could be told")));
        Begin("gate names", () => _names.Run(Enter, Named, EnterAll));
    }

    private void Begin(string name, Action body) => _threads.Add(Started(name, body));

    private static Thread Started(string name, Action body)
    {
        var thread = new Thread(() => body()) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Every(TimeSpan tick, Action turn, Action? after = null)
    {
        while (!_ended.Wait(tick))
        {
            turn();
            after?.Invoke();
        }
    }

    private void Work(int worker)
    {
        var reader = NewReader();
        while (_queue.Take(worker, out var asked, out var file, out int chunk))
        {
            if (asked is not null)
                _judge.Judge(asked);
            else
                reader.Read(file!, chunk);
        }
    }

    private ChunkReader NewReader() => new(_group, _judge, _queue, _rounds.Wake);

    private void Opened(FileId id, int pid)
    {
        if (_files.Find(id) is { } file)
            _judge.Opened(file, pid);
    }

    private void Enter(string folder)
    {
        if (_places.Tree(folder, Meet) is { } fault)
            _reports.Health("place", 1, $"a new directory is not guarded: {fault}");
        _places.TellLinks();
    }

    private void Named(string path)
    {
        _places.LookAtLink(path);
        // Else it is met when it is opened.
        if (_options.Ahead)
            Meet(path);
    }

    private void EnterAll()
    {
        foreach (string path in _options.Paths.Where(Directory.Exists))
            Enter(GatePlaces.RealPath(path));
    }

    private void Meet(string path)
    {
        int descriptor = PathFacts.Open(path);
        if (descriptor < 0)
            return;
        if (OpenFile.Of(descriptor, withGeneration: false) is { IsRegular: true } facts)
            _ = _files.Adopt(descriptor, facts, path);
        _ = LibC.Close(descriptor);
    }
}
