using System.Runtime.Versioning;
using System.Threading.Channels;
using Canary.Agents;
using Canary.Config;
using Canary.Events;
using Canary.Models.Gating;
using Canary.Models.Locking;
using Canary.Sensors.Gating;
using Canary.Yaml;

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

    private readonly CancellationTokenSource _ended = new();
    private readonly IDisposable? _gate;
    private readonly Action? _stop;

    private DaemonGate(string? lack, IDisposable? gate = null, Action? stop = null)
    {
        (_gate, _stop) = (gate, stop);
        State = new SensorState("model-gate", lack is null ? "fanotify" : null, lack, lack is null ? Blind : [], ["model"]);
    }

    /// <summary>What it has to say; null where it does not stand.</summary>
    public ChannelReader<GateWord>? Words { get; private init; }

    public SensorState State { get; private init; }

    /// <summary>Null where nothing is to be guarded.</summary>
    /// <param name="state">The directory of state, where it is written down what was sealed.</param>
    public static DaemonGate? Start(ModelsConfig config, string state, TimeProvider time) =>
        config.Guard.Count == 0 ? null
        : OperatingSystem.IsLinux() ? StartHere(config, state, time)
        : Witness(config, time);

    /// <summary>Where there is no gate: told of each open of a model, so that it is compared afterwards.</summary>
    public Action<ModelOpenActivity>? Told { get; private init; }

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

    [SupportedOSPlatform("linux")]
    private static DaemonGate StartHere(ModelsConfig config, string state, TimeProvider time)
    {
        var faults = new Diagnostics();
        var read = config.Lock is { } named ? FileSeal.Stamp(named) : null;
        if (config.Lock is not { } lockFile || LockStore.Read(lockFile, faults) is not { } held)
            return new DaemonGate($"without a sound lock nothing is guarded: {(faults.Count > 0 ? faults.All[0].ToString() : "models.lock names none")}");
        string[] gone = [.. config.Guard.Where(p => !Path.Exists(p))];
        if (gone.Length > 0)
            return new DaemonGate($"{gone[0]} is not there, so that nothing is guarded");
        try
        {
            var source = new LockOnDisk(held, read, lockFile);
            var options = new ModelGateOptions
            {
                Paths = config.Guard,
                Policies = config.Policies,
                Deadline = config.Deadline,
                SealRecord = Path.Combine(state, "model-seals"),
                Trusted = OwnProgram(),
            };
            string? lack = ModelGate.Start(options, source.Book(config.Guard), time, out var gate);
            if (gate is null)
                return new DaemonGate(lack);
            var stands = new DaemonGate(null, gate, gate.Stop) { Words = gate.Words };
            var watch = new LockWatch(gate, source, config.Guard, time);
            if (config.OnDeath != OnDeath.End)
            {
                gate.Say("gate", $"models.on_death: {config.OnDeath.Word()} is for canary model guard. This gate is part of the monitor: "
                    + "when the monitor dies, all may be opened until the service manager has started it again", 1);
            }

            _ = Task.Run(() => watch.RunAsync(stands._ended.Token), CancellationToken.None);
            return stands;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DaemonGate(e.Message);
        }
    }

    /// <summary>
    /// The program that verifies and locks as root while a gate stands. Run by the framework's host it has no file of its own to be known by.
    /// </summary>
    [SupportedOSPlatform("linux")]
    public static string? OwnProgram() =>
        Environment.ProcessPath is { } path && Path.GetFileName(path) == "canary" ? FileSeal.RealPath(path) : null;
}
