using System.Diagnostics;
using System.Runtime.Versioning;
using System.Threading.Channels;
using Canary.Agents;
using Canary.Config;
using Canary.Events;
using Canary.Models.Gating;
using Canary.Sensors.Gating;

namespace Canary.Guarding;

/// <summary>The gate that a monitor puts up, as <c>models:</c> in canary.yml says.</summary>
internal sealed class DaemonGate : IDisposable
{
    /// <summary>Why there is none on other systems.</summary>
    public const string NeedsLinux =
        "the gate needs Linux: on Windows an opener can only be held up by a driver; canary model verify holds the files against the lock";

    private static readonly string[] Blind =
    [
        "files that a process had open before the gate stood (each is reported)",
        "weights that take a way on which no file is read (reported where it is recognised)",
    ];

    private static readonly TimeSpan TriesAgainAfter = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _ended = new();
    private readonly IDisposable? _gate;
    private readonly Action? _stop;
    private readonly long _triedAt = Stopwatch.GetTimestamp();
    private string? _waitsFor;
    private Action? _leave;

    private DaemonGate(string? lack, IDisposable? gate = null, Action? stop = null)
    {
        (_gate, _stop) = (gate, stop);
        State = new SensorState("model-gate", lack is null ? "fanotify" : null, lack, lack is null ? Blind : [], ["model"]);
    }

    /// <summary>What it has to say; null where it does not stand.</summary>
    public ChannelReader<GateWord>? Words { get; private init; }

    public SensorState State { get; private init; }

    /// <summary>It does not stand, and another try may do better: for want of a lock, of what it is to guard, of memory.</summary>
    public bool Waits => _waitsFor is not null;

    /// <summary>Null where nothing is to be guarded.</summary>
    /// <param name="state">The directory of state, where it is written down what was sealed.</param>
    /// <param name="link">What the process gave that starts this one again; null where none does.</param>
    /// <param name="pulse">Called several times a second while the gate answers.</param>
    public static DaemonGate? Start(ModelsConfig config, string state, TimeProvider time, GuardLink? link = null, Action? pulse = null) =>
        config.Guard.Count == 0 ? null
        : OperatingSystem.IsLinux() ? StartHere(config, state, time, link, pulse)
        : Witness(config, time);

    /// <summary>Another try, if what this one waits for has changed since, or some time went by; else null.</summary>
    public DaemonGate? Again(ModelsConfig config, string state, TimeProvider time, GuardLink? link, Action? pulse) =>
        OperatingSystem.IsLinux() && Waits && (Stopwatch.GetElapsedTime(_triedAt) > TriesAgainAfter || Wants(config) != _waitsFor) ? StartHere(config, state, time, link, pulse) : null;

    /// <summary>Where there is no gate: told of each open of a model, so that it is compared afterwards.</summary>
    public Action<ModelOpenActivity>? Told { get; private init; }

    /// <summary>Whoever holds the gate's group besides has asked for the end that comes.</summary>
    public void Leave() => _leave?.Invoke();

    /// <summary>Answers what waits, takes seals off, and tells the last of it.</summary>
    public void Stop()
    {
        _ended.Cancel();
        _stop?.Invoke();
    }

    public void Dispose()
    {
        _ended.Cancel();
        _gate?.Dispose();
        _ended.Dispose();
    }

    private static DaemonGate Witness(ModelsConfig config, TimeProvider time)
    {
        if (config.Lock is not { } lockFile)
            return new DaemonGate("without a lock nothing is compared: models.lock in canary.yml names none");
        var witness = new ModelWitness(lockFile, config.Guard, time);
        return new DaemonGate(null, witness)
        {
            Words = witness.Words,
            Told = witness.See,
            State = new SensorState("model-gate", "compared after the open", null, [NeedsLinux, "a model's bytes are in use before it is known what they are"], ["model"]),
        };
    }

    // The lock, and each place that is to be guarded, as they are now.
    [SupportedOSPlatform("linux")]
    private static string Wants(ModelsConfig config) =>
        string.Join('\n', ((string?[])[config.Lock, .. config.Guard]).OfType<string>().Select(path => $"{path}\0{FileSeal.Stamp(path)}"));

    [SupportedOSPlatform("linux")]
    private static DaemonGate StartHere(ModelsConfig config, string state, TimeProvider time, GuardLink? link, Action? pulse)
    {
        string wants = Wants(config);
        var read = config.Lock is { } named ? FileSeal.Stamp(named) : null;
        if (config.Lock is not { } lockFile)
            return new DaemonGate("without a lock nothing is guarded: models.lock in canary.yml names none");
        if (LockOnDisk.Now(lockFile, out string why) is not { } held)
            return new DaemonGate($"without a sound lock nothing is guarded: {why}") { _waitsFor = wants };
        if (config.Guard.FirstOrDefault(p => !Path.Exists(p)) is { } gone)
            return new DaemonGate($"{gone} is not there, so that nothing is guarded") { _waitsFor = wants };
        try
        {
            var source = new LockOnDisk(held, read, lockFile);
            var options = new ModelGateOptions
            {
                Paths = config.Guard,
                Policies = config.Policies,
                Deadline = config.Deadline,
                Seal = config.Seal,
                Ahead = config.Ahead,
                SealRecord = Path.Combine(state, "model-seals"),
                Trusted = OwnProgram(),
                Group = HeldGate.Copy(link?.Group ?? -1),
                Pulse = pulse,
            };
            string? lack = ModelGate.Start(options, source.Book(config.Guard), time, out var gate);
            if (gate is null)
                return new DaemonGate(lack) { _waitsFor = wants };
            HeldGate.Close(link?.Group ?? -1);
            var stands = new DaemonGate(null, gate, gate.Stop) { Words = gate.Words, _leave = gate.Leave };
            var watch = new LockWatch(gate, source, config.Guard, time);
            if (config.OnDeath != OnDeath.End && link is null)
            {
                gate.Say("gate", $"models.on_death: {config.OnDeath.Word()} holds for canary daemon and canary model guard. This gate is part of a command "
                    + "in the foreground: when that dies, all may be opened", 1);
            }

            _ = Task.Run(() => watch.RunAsync(stands._ended.Token), CancellationToken.None);
            return stands;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DaemonGate(e.Message) { _waitsFor = wants };
        }
    }

    /// <summary>
    /// The program that verifies and locks as root while a gate stands. Run by the framework's host it has no file of its own to be known by.
    /// </summary>
    [SupportedOSPlatform("linux")]
    public static string? OwnProgram() =>
        Environment.ProcessPath is { } path && Path.GetFileName(path) == "canary" ? FileSeal.RealPath(path) : null;
}
