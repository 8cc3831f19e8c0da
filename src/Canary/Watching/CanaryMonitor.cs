using Canary.Agents;
using Canary.Alerts;
using Canary.Alerts.Notifiers;
using Canary.Alerts.Redaction;
using Canary.Alerts.Storage;
using Canary.Commands;
using Canary.Events;
using Canary.Findings;
using Canary.Guarding;
using Canary.Rules;
using Canary.Sensors.Proc;
using Canary.Views;

namespace Canary.Watching;

/// <summary>Canary at work: sensors, pump, rules, alerts and notifiers, from start to an orderly end. What `watch`, `daemon` and `run` share.</summary>
internal sealed class CanaryMonitor : IDisposable
{
    private static readonly TimeSpan LooksAtRules = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TrimsEvery = TimeSpan.FromSeconds(30);
    private const long WorthTrimming = 8 << 20;
    private static readonly TimeSpan MailsAtEnd = TimeSpan.FromSeconds(5);

    // Watches as long as its command runs: what lies between two such runs is no gap.
    private const string ForOneCommand = "run";

    // Starts with nobody at hand: a monitor that tells and does not store is better than none.
    private const string Unattended = "daemon";

    private readonly Settings _settings;
    private readonly IWatchView _view;
    private readonly TimeProvider _time;
    private readonly AlertStore _store;
    private readonly AlertDesk _desk;
    private readonly Outbox _outbox;
    private readonly RuleWatch _rules;
    private RuleLoad _inForce;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopMail = new();
    private readonly long _began;
    private readonly string _state;
    private readonly RunBook? _runs;
    private readonly string? _unstored;
    private SensorSet? _sensors;
    private KeptGate? _gate;
    private volatile bool _started;
    private ActivityReader? _reader;
    private RuleEngine? _engine;
    private Pump? _pump;
    private Thread? _thread;
    private Task _work = Task.CompletedTask, _mail = Task.CompletedTask;
    private readonly bool _notified;
    private long _allocated;
    private TimeSpan _ratedAt;
    private long _ratedEvents;
    private Level? _worst;

    /// <exception cref="StateException">The state directory cannot be used; the message says why and what to do.</exception>
    public CanaryMonitor(Settings settings, RuleWatch rules, string stateDirectory, string owner, IWatchView view, TimeProvider time)
    {
        _settings = settings;
        _rules = rules;
        _inForce = settings.Rules!;
        _view = view;
        _time = time;
        _began = time.GetTimestamp();
        _state = stateDirectory;
        string host = Environment.MachineName;
        _runs = owner == ForOneCommand ? null : new RunBook(stateDirectory, owner, SystemProbe.Clock, SystemProbe.BootId(), time);
        (_store, _unstored) = OpenStore(stateDirectory, owner, _runs?.IsSuspect == true, time);
        _desk = new AlertDesk(_store, AlertPolicy.From(settings.Config), new Redactor(), time, host);
        var notifiers = NotifierList.From(settings.Config, time);
        _notified = notifiers.Count > 0;
        _outbox = new Outbox(_store, notifiers, time, host, AlertPolicy.From(settings.Config));
        _desk.Unstored += _outbox.TellUnstored;
        _desk.Stored += Stored;
    }

    /// <summary>What the process gave that starts this one again when it dies; null where none does.</summary>
    public GuardLink? Link { get; init; }

    /// <summary>The gate before model files does not stand, and is tried again when its lock changes.</summary>
    public bool AwaitsGate => _gate?.Current is { Waits: true };

    /// <summary>Where every event is written besides, or null.</summary>
    public EventRecord? Record { get; init; }

    public RuleMatching Matching { get; init; }

    /// <summary>Events on which index and full scan differed, where <see cref="Matching"/> asks both.</summary>
    public long Disagreements => _engine?.Disagreements ?? 0;

    /// <summary>The highest level among the alerts so far.</summary>
    public Level? Worst => _worst;

    public IReadOnlyList<SensorState> States => [.. _sensors?.States ?? [], .. _gate?.Current is { } gate ? (SensorState[])[gate.State] : []];

    public bool SeesProcesses => _sensors?.SeesProcesses == true;

    public Sessions Sessions => _reader!.Sessions;

    public ProcessTable Processes => _reader!.Table;

    /// <summary>How long ago the pump last turned; for a watchdog.</summary>
    public TimeSpan SincePulse => _pump is { } pump ? System.Diagnostics.Stopwatch.GetElapsedTime(pump.TurnedAt) : TimeSpan.Zero;

    /// <param name="prepare">Runs after the sensors started and before the pump: the tables are still the caller's.</param>
    public void Start(Action<CanaryMonitor>? prepare = null)
    {
        string product = OperatingSystem.IsWindows() ? "windows" : "linux";
        // An index takes tens of milliseconds, in which a theft may come and go: made before we say that we see, while the sensors start.
        var indexes = Task.Run(() => _settings.Rules!.Book.Prepare(product));
        _sensors = SensorSet.Start(_settings.Config, _settings.Catalogue, _time);
        var clock = new WallClock(SystemProbe.Clock, _time);
        var probe = SystemProbe.Processes;
        var identity = ExecutableIdentity.OfPrograms(OperatingSystem.IsLinux() ? ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin"] : []);
        var table = new ProcessTable(clock, probe, identity);
        _reader = new ActivityReader(table, new Sessions(_sensors.Taggers, _sensors.Watchers, probe), _settings.Catalogue, clock, product);
        indexes.GetAwaiter().GetResult();
        _engine = new RuleEngine(_settings.Rules!.Book, _time, Matching);
        _gate = new KeptGate(_settings.Config.Models, _state, Link, _time, () => !_started || SincePulse < Watchdog.LongestTurn);
        _gate.Start();
        _pump = new Pump(_sensors.Sensors, _reader, _engine, clock, _time)
        {
            Gate = _gate.Current?.Words,
            Opened = _gate.Current?.Told,
            Post = _desk.TryPost,
            Lose = _view.Lost,
            See = Record is null ? null : Record.Write,
        };
        // Once over what runs already, so that a session is known before its next event.
        _pump.Turn();
        prepare?.Invoke(this);
        _started = true;
        _gate.Ready();
        _view.Ready(States);
        ReportRules(_settings.Rules, "at start");
        if (SeesProcesses)
            ReportState();
        if (_gate.Current is { State.Unavailable: { } lack })
            _pump.Say(new HealthReport("model-gate", "model", 1, lack, _time.GetUtcNow()));
        _work = Task.Run(() => _desk.RunAsync(CancellationToken.None));
        _mail = Task.Run(() => _outbox.RunAsync(_stopMail.Token));
        _thread = new Thread(() => _pump.Run(_stop.Token)) { Name = "pump", IsBackground = true };
        _thread.Start();
        Trim();
    }

    /// <summary>Shows the state of things and looks for changed rules until cancelled.</summary>
    public async Task WaitAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
        long looked = _time.GetTimestamp();
        long trimmed = looked, beaten = looked;
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                _view.Tick(Status());
                _gate!.Tick();
                if (_time.GetElapsedTime(trimmed) >= TrimsEvery)
                {
                    trimmed = _time.GetTimestamp();
                    Trim();
                }

                if (_time.GetElapsedTime(beaten) >= RunBook.BeatsEvery)
                {
                    beaten = _time.GetTimestamp();
                    Keep(static runs => runs.Beat());
                }

                if (_time.GetElapsedTime(looked) >= LooksAtRules)
                {
                    looked = _time.GetTimestamp();
                    if (_gate.TryAgain(out string? note))
                        _pump!.Gate = _gate.Current?.Words;
                    if (note is not null)
                        _view.Note(note);
                    if (_rules.Changed() is { } load)
                        Take(load);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // asked to
        }
    }

    /// <summary>For the rules to see. From any thread, after the start.</summary>
    public void Say(Subject subject) => _pump!.Say(subject);

    /// <summary>Loads the rules now, changed or not.</summary>
    public void ReloadRules() => Take(_rules.Again());

    /// <summary>Whoever holds the gate's group besides has asked for the end that comes. From any thread.</summary>
    public void LeaveGate() => _gate?.Current?.Leave();

    /// <summary>Ends in the order of the flow, so that what the kernel saw is judged, what was judged is stored, and what is stored is mailed if that goes quickly.</summary>
    public async Task StopAsync()
    {
        // Its last words are the pump's to hear.
        if (_gate?.Current is { } gate)
            await Task.Run(gate.Stop);
        await _stop.CancelAsync();
        _thread?.Join();
        Keep(static runs => runs.End());
        await _desk.DrainAsync();
        await _work;
        await _outbox.DrainAsync(MailsAtEnd);
        await _stopMail.CancelAsync();
        await _mail;
        var status = Status();
        _view.Summary(new WatchSummary(status.Alerts, status.Lost, status.Running.TotalSeconds, _pump?.Events ?? 0, SlowExpressions: _engine?.Book.SlowExpressions ?? 0));
    }

    public void Dispose()
    {
        // Where no orderly end came first, the pump must not find its sensors gone.
        _stop.Cancel();
        _thread?.Join();
        _gate?.Dispose();
        _sensors?.Dispose();
        _store.Dispose();
        _stop.Dispose();
        _stopMail.Dispose();
    }

    // Loading rules and a storm of processes leave a heap behind that a monitor at rest has no use for, and the collector, seeing
    // gigabytes free, keeps. Milliseconds of work, and only when something was allocated since.
    private void Trim()
    {
        long allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _allocated < WorthTrimming)
            return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
        ProgramImage.GiveBack();
        _allocated = allocated;
    }

    private WatchStatus Status()
    {
        var running = _time.GetElapsedTime(_began);
        long events = _pump?.Events ?? 0;
        double seconds = (running - _ratedAt).TotalSeconds;
        double rate = seconds > 0 ? (events - _ratedEvents) / seconds : 0;
        (_ratedAt, _ratedEvents) = (running, events);
        return new WatchStatus(running, _reader?.Sessions.Live ?? 0, rate, _pump?.Lost ?? 0, _desk.Alerts, _notified ? _store.OutboxCounts() : null, _desk.Trouble);
    }

    private static (AlertStore Store, string? Unstored) OpenStore(string directory, string owner, bool suspect, TimeProvider time)
    {
        try
        {
            return (AlertStore.Open(directory, owner, time, suspect), null);
        }
        catch (StateException e) when (owner == Unattended && e.IsOfTheDisk)
        {
            return (AlertStore.InMemory(), $"{e.Message}. The alerts of this run are told, and kept in memory only; mend the disk, then restart the daemon");
        }
    }

    /// <summary>What there is to say of the run before this one, and of what it left.</summary>
    private void ReportState()
    {
        var now = _time.GetUtcNow();
        foreach (string? lack in (string?[])[_unstored, _store.Mended])
        {
            if (lack is null)
                continue;
            _view.Note(lack);
            _pump!.Say(new HealthReport("alerts", "stored alert", 1, lack, now));
        }

        Keep(runs =>
        {
            if (runs.Begin(_store.Count > 0) is not { } gap)
                return;
            _view.Note(gap.Reason);
            _pump!.Say(gap);
        });
    }

    private void Keep(Action<RunBook> note)
    {
        if (_runs is null)
            return;
        string? before = _runs.Trouble;
        note(_runs);
        if (_runs.Trouble is { } trouble && trouble != before)
            _view.Note(trouble);
    }

    private void Take(RuleLoad load)
    {
        // Foreign rules that were refused at the start must not hold up every later change.
        var known = _inForce.Errors.Select(e => (e.File, e.Message)).ToHashSet();
        var added = load.Errors.Where(e => !e.Unsupported && !known.Contains((e.File, e.Message))).ToArray();
        if (added.Length > 0)
        {
            _view.Note($"the changed rules have {added.Length} new error(s); the old ones stay in force");
            foreach (var error in added.Take(20))
                _view.Note(error.ToString());
            ReportRules(load, "reload refused, the old rules stay in force");
            return;
        }

        _inForce = load;
        _pump!.Use(load.Book);
        _view.Note($"{load.Book.Rules.Count} rules are in force");
        ReportRules(load, "after reload");
    }

    private void ReportRules(RuleLoad load, string when)
    {
        if (load.Errors.Count == 0)
            return;
        string first = load.Errors[0].ToString();
        _pump!.Say(new HealthReport("rules", "rule", load.Refused + load.Unsupported,
            $"{load.Refused} refused and {load.Unsupported} not supported {when}; first: {first} (all: canary rules check)", _time.GetUtcNow()));
    }

    private void Stored(Alert alert, Sighting sighting)
    {
        if (_worst is null || alert.Level > _worst)
            _worst = alert.Level;
        if (sighting != Sighting.Again)
            _outbox.Wake();
        _view.Alert(alert, sighting);
    }
}
