using Canary.Config;

namespace Canary.Guarding;

/// <summary>A monitor's gate: put up again until it stands, and told of to the process that starts the monitor again when it dies.</summary>
/// <param name="state">The directory of state, where it is written down what was sealed.</param>
/// <param name="link">What that process gave; null where there is none.</param>
/// <param name="works">Whether the monitor besides its gate does its work.</param>
internal sealed class KeptGate(ModelsConfig config, string state, GuardLink? link, TimeProvider time, Func<bool> works) : IDisposable
{
    private volatile DaemonGate? _gate;

    /// <summary>Null where nothing is to be guarded.</summary>
    public DaemonGate? Current => _gate;

    public void Start() => _gate = DaemonGate.Start(config, state, time, link, Beat);

    /// <summary>The monitor does its work from now on.</summary>
    public void Ready()
    {
        TellStands();
        if (OperatingSystem.IsLinux())
            link?.Ready();
    }

    /// <summary>About once a second: a gate that stands beats by itself.</summary>
    public void Tick()
    {
        if (_gate is not { State.Unavailable: null })
            Beat();
    }

    /// <summary>Another try for one that does not stand. True when there is another gate now, with what is to be noted of it.</summary>
    public bool TryAgain(out string? note)
    {
        note = null;
        if (_gate is not { Waits: true } waiting || waiting.Again(config, state, time, link, Beat) is not { } next)
            return false;
        _gate = next;
        waiting.Dispose();
        TellStands();
        note = next.State.Unavailable is not { } lack ? "the gate before model files stands now"
            : lack != waiting.State.Unavailable ? $"there is still no gate before model files: {lack}" : null;
        return true;
    }

    public void Dispose() => _gate?.Dispose();

    // Whoever starts this process again is to believe in it as long as the gate answers and the monitor works.
    private void Beat()
    {
        if (OperatingSystem.IsLinux() && works())
            link?.Beat();
    }

    private void TellStands()
    {
        if (OperatingSystem.IsLinux() && _gate is null or { State.Unavailable: null })
            link?.Stands();
    }
}
