using System.Collections.Concurrent;
using System.Threading.Channels;
using Canary.Agents;
using Canary.Events;
using Canary.Findings;
using Canary.Models.Gating;
using Canary.Rules;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace Canary.Watching;

/// <summary>
/// The one thread between the sensors and the alerts. It takes what waits, gives process events their effect first, lets the rules
/// see the rest, and hands findings on. Nothing else touches the process table, the sessions or the rule engine.
/// </summary>
internal sealed class Pump(IReadOnlyList<ISensor> sensors, ActivityReader reader, RuleEngine engine, WallClock clock, TimeProvider time)
{
    // Short enough to see an alert within the second that counts, long enough to cost nothing at rest.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    // In a storm the process queue may outrun one reading; without a bound here nothing else would be heard.
    private const int MostProcessReads = 16;

    private const int MostLoads = 256;

    private readonly List<SensorEvent> _events = [];
    private readonly List<SensorEvent> _fileEvents = [];
    private readonly List<SensorEvent> _waiting = [];
    private readonly List<Activity> _activities = [];
    private readonly List<Finding> _findings = [];
    private readonly List<SensorLoss> _losses = [];
    private long _unattributed, _evicted;
    private readonly ConcurrentQueue<Subject> _reports = new();
    private volatile ChannelReader<GateWord>? _gate;
    private RuleBook? _next;

    /// <summary>Called on the pump's thread; must not block. False: the finding could not be taken and is counted as lost.</summary>
    public required Func<Finding, bool> Post { get; init; }

    /// <summary>Called on the pump's thread with each loss, after its alert.</summary>
    public required Action<SensorLoss> Lose { get; init; }

    /// <summary>What a gate before model files has to say; null where none stands. From any thread.</summary>
    public ChannelReader<GateWord>? Gate
    {
        get => _gate;
        set => _gate = value;
    }

    /// <summary>Called on the pump's thread with each open of a model where no gate stands; null for nobody. Must not block.</summary>
    public Action<ModelOpenActivity>? Opened { get; init; }

    /// <summary>Called on the pump's thread with every activity, before the rules; null for nobody.</summary>
    public Action<Subject>? See { get; init; }

    public long Events { get; private set; }

    public long Lost { get; private set; }

    /// <summary>When the loop last turned, by <see cref="Stopwatch.GetTimestamp"/>: a watchdog's pulse.</summary>
    public long TurnedAt { get; private set; } = Stopwatch.GetTimestamp();

    /// <summary>Rules from the next turn on. From any thread, which also makes their indexes: meanwhile the events go on under the old rules.</summary>
    public void Use(RuleBook book)
    {
        book.Prepare(engine.Book);
        Interlocked.Exchange(ref _next, book);
    }

    /// <summary>Runs until cancelled, then once more for what the kernel still holds.</summary>
    public void Run(CancellationToken cancel)
    {
        long nextSlow = 0;
        while (!cancel.IsCancellationRequested)
        {
            bool more = Turn();
            if (Stopwatch.GetTimestamp() >= nextSlow)
            {
                clock.Refresh();
                Losses();
                nextSlow = Stopwatch.GetTimestamp() + (long)(Slow.TotalSeconds * Stopwatch.Frequency);
            }

            if (!more)
                cancel.WaitHandle.WaitOne(Pause);
        }

        Drain();
    }

    /// <summary>Takes what waits now. True when more was waiting than one turn takes.</summary>
    public bool Turn()
    {
        if (Interlocked.Exchange(ref _next, null) is { } book)
            engine.Use(book);
        while (_reports.TryDequeue(out var report))
            Match(report);
        // Processes first: a file event may then be of a process that we do not know yet, and waits a turn; but no file event that
        // came before a process or network event in hand is missing, so that «read, then sent» is seen in this order.
        bool more = true;
        for (int i = 0; more && i < MostProcessReads; i++)
            more = sensors[0].Collect(_events);
        for (int i = 1; i < sensors.Count; i++)
            more |= sensors[i].Collect(_fileEvents);
        ReadEvents();
        MatchFiles();
        more |= MatchLoads();
        foreach (var activity in _activities)
            Match(activity);
        _activities.Clear();
        TurnedAt = Stopwatch.GetTimestamp();
        return more;
    }

    /// <summary>What Canary itself has to say, matched like any other subject on the next turn. From any thread.</summary>
    public void Say(Subject report) => _reports.Enqueue(report);

    private void Drain()
    {
        // What was started by the last command of `canary run` must still be judged; a storm without end must not hold us.
        long until = Stopwatch.GetTimestamp() + (2 * Stopwatch.Frequency);
        while (Turn() && Stopwatch.GetTimestamp() < until)
        {
        }

        Turn();

        Losses();
    }

    private void ReadEvents()
    {
        // Two rings, each in order: one order for both, or an exec and a connect around it would change places.
        _events.Sort(static (a, b) => a.AtNs.CompareTo(b.AtNs));
        foreach (var e in _events)
        {
            Events++;
            if (reader.Read(e) is { } activity)
                _activities.Add(activity);
        }

        _events.Clear();
    }

    private void MatchFiles()
    {
        foreach (var e in _waiting)
            MatchFile(e);
        _waiting.Clear();
        foreach (var e in _fileEvents)
        {
            Events++;
            if (reader.Table.Find(e.Actor) is null)
                _waiting.Add(e);
            else
                MatchFile(e);
        }

        _fileEvents.Clear();
    }

    private void MatchFile(SensorEvent e)
    {
        if (reader.Read(e) is { } activity)
            Match(activity);
    }

    // After the process events, so that the loader is known with its session.
    private bool MatchLoads()
    {
        int taken = 0;
        for (; Gate is { } gate && taken < MostLoads && gate.TryRead(out var word); taken++)
        {
            if (word is not GateSubject { Subject: var subject })
                continue;
            Events++;
            var key = new ProcessKey((subject as ModelLoad)?.Loader.Pid ?? 0, 0);
            var actor = key.Pid == 0 ? null : reader.Table.Find(key) ?? reader.Table.Discover(key);
            Match(subject is ModelLoad load && actor is not null ? new ModelLoadActivity(load, actor.Image, actor.Session) : subject);
        }

        return taken == MostLoads;
    }

    private void Match(Subject subject)
    {
        See?.Invoke(subject);
        if (subject is ModelOpenActivity open)
            Opened?.Invoke(open);
        engine.Evaluate(subject, _findings);
        foreach (var finding in _findings)
        {
            if (!Post(finding))
                _losses.Add(new SensorLoss("alerts", "finding", 1));
        }

        _findings.Clear();
    }

    private void Losses()
    {
        foreach (var sensor in sensors)
            sensor.CollectLosses(_losses);
        Since(ref _unattributed, reader.Unattributed, "pump", "unattributed");
        Since(ref _evicted, engine.Evicted, "rules", "sequence");
        if (_losses.Count == 0)
            return;
        var now = time.GetUtcNow();
        foreach (var loss in _losses.ToArray())
        {
            Lost += loss.Count;
            Match(new HealthReport(loss.Sensor, loss.Class, loss.Count, null, now));
            Lose(loss);
        }

        _losses.Clear();
    }

    private void Since(ref long told, long total, string part, string lossClass)
    {
        if (total > told)
            _losses.Add(new SensorLoss(part, lossClass, total - told));
        told = total;
    }
}
