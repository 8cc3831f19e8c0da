using System.Runtime.Versioning;
using System.Threading.Channels;
using Canary.Events;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>
/// Stands between model files and who opens them: what differs from the book is not read. One thread hears the kernel and answers what
/// it can without waiting; workers read, compare, and tell.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class ModelGate : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly ModelGateOptions _options;
    private readonly GateGroup _group;
    private readonly GateReports _reports;
    private readonly GateQueue _queue = new();
    private readonly WatchedFiles _files;
    private readonly GatePlaces _places;
    private readonly GateSeals _seals;
    private readonly GateJudge _judge;
    private readonly GateTable _table;
    private readonly DirectWatch _direct;
    private readonly GateNames _names = new();
    private readonly SealedOpens _opens = new();
    private readonly List<Thread> _threads = [];
    private readonly ManualResetEventSlim _ended = new();
    private readonly SealRecord? _record;
    private int _stopped;

    private ModelGate(ModelGateOptions options, IGateBook book, GateGroup group, TimeProvider time)
    {
        _options = options;
        _group = group;
        _record = options.SealRecord is { } record ? SealRecord.Load(record) : null;
        var probe = new LoaderProbe(time);
        _reports = new GateReports(probe, time);
        _direct = new DirectWatch(probe, _reports);
        _files = new WatchedFiles(group, book, _reports);
        _places = new GatePlaces(group, _reports);
        _seals = new GateSeals(group, _reports, options, _record, _opens);
        _judge = new GateJudge(group, _files, _places, _queue, _reports, options);
        _table = new GateTable(group, _files, _queue, _reports);
        _places.Entered = _names.Enter;
    }

    /// <summary>What there is to tell; completed after <see cref="Stop"/>.</summary>
    public ChannelReader<GateWord> Words => _reports.Words;

    /// <summary>The files of the book that are guarded by now, with what holds for each.</summary>
    public IReadOnlyList<(string Path, FileGuarantee Guarantee)> Files => [.. _files.All.Select(f => (f.Path, f.Guarantee)).OrderBy(f => f.Path, StringComparer.Ordinal)];

    /// <summary>Sets the gate up. From the return on every open and read below the paths is judged.</summary>
    /// <returns>Why it cannot stand, in words; null when it does.</returns>
    /// <exception cref="IOException">The record of seals cannot be read.</exception>
    public static string? Start(ModelGateOptions options, IGateBook book, TimeProvider time, out ModelGate? gate)
    {
        gate = null;
        if (GateGroup.Open(out var group) is { } lack)
            return lack;
        var made = new ModelGate(options, book, group!, time);
        // The answers before the questions.
        made.StartThreads();
        foreach (string path in options.Paths)
        {
            if (made._places.Add(path, made.Meet) is { } fault)
            {
                made.Dispose();
                return fault;
            }
        }

        // Files of the book that links below the paths lead to.
        foreach (var file in book.Files)
            made.Meet(file.Path);
        made.TakeOverSeals();
        OpenBefore.Tell(made._files, made._reports);
        gate = made;
        return null;
    }

    /// <summary>Ends the gate in order: what waits is answered, seals are taken off, the last words are told.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        _ended.Set();
        _names.End();
        _opens.End();
        TurnAll();
        foreach (var thread in _threads.Skip(1))
            thread.Join();
        foreach (var file in _files.All)
        {
            lock (file)
            {
                foreach (var demand in file.Demands)
                    Turn(demand.Asked);
                file.Demands.Clear();
            }

            _seals.Undo(file);
            file.Dispose();
        }

        // The last of the threads: until here it answered what this one opened.
        _table.End();
        _threads[0].Join();
        TurnAll();
        _group.Dispose();
        _reports.Turn(all: true);
        _reports.End();
    }

    public void Dispose()
    {
        Stop();
        _table.Dispose();
        _names.Dispose();
        _opens.Dispose();
        _ended.Dispose();
    }

    private void TurnAll()
    {
        foreach (var asked in _queue.End())
            Turn(asked);
    }

    // Nothing unread goes through, not even at the end.
    private void Turn(PermissionEvent asked)
    {
        if (_options.Policy == GatePolicy.Observe)
            _group.Allow(asked);
        else
            _group.Deny(asked, GateCalls.EIo);
    }

    private void StartThreads()
    {
        Begin("gate", _table.Run);
        int workers = _options.Workers > 0 ? _options.Workers : Math.Clamp(Environment.ProcessorCount, 2, 8);
        for (int i = 0; i < workers; i++)
            Begin("gate worker", Work);
        Begin("gate clock", Clock);
        Begin("gate direct", () => _direct.Run(_ended));
        Begin("gate opens", () => _opens.Run(Opened, () => _reports.Health("file", 1, "more sealed files were opened than could be told")));
        Begin("gate names", () => _names.Run(Enter, EnterAll));
    }

    private void Begin(string name, Action body)
    {
        var thread = new Thread(() => body()) { Name = name, IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    private void Work()
    {
        var reader = new ChunkReader(_group, _judge, _seals);
        while (_queue.Take(out var asked, out var file, out int chunk))
        {
            if (file is null)
                _judge.Judge(asked);
            else
                reader.Read(file, chunk);
        }
    }

    private void Clock()
    {
        var clock = new GateClock(_files, _queue, _judge, _seals, _reports, _options);
        while (!_ended.Wait(Tick))
            clock.Turn();
    }

    // What a gate sealed that did not come to its end is this one's to take off.
    private void TakeOverSeals()
    {
        if (_names.Unwatched > 0)
            _reports.Health("place", _names.Unwatched, "directories that come below as many guarded ones will not be guarded: raise fs.inotify.max_user_watches");
        foreach (var (device, inode, path) in _record?.All ?? [])
        {
            if (_files.Find(new FileId(device, inode)) is { } file)
                file.OwnSeal = true;
            else
                _reports.Health("seal", 1, $"an earlier gate sealed {path}, which this one does not guard: canary model unseal takes the flag off");
        }
    }

    private void Opened(FileId id, int pid)
    {
        if (_files.Find(id) is { } file)
            _judge.Opened(file, pid);
    }

    private void Enter(string folder)
    {
        if (_places.Tree(folder, Meet) is { } fault)
            _reports.Health("place", 1, $"a new directory is not guarded: {fault}");
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
