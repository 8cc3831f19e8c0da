using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>What earlier events told, for all decoders. One thread owns it; the map of volumes and the boot time may be set by another.</summary>
internal sealed class EtwState
{
    public EtwState(DeviceMap? devices = null, IEtwFileInterest? interest = null)
    {
        Paths = new NtPaths(devices ?? new DeviceMap([]));
        Interest = interest ?? new NoFileInterest();
        Processes = new EtwProcesses(Clock, Paths, Counts);
    }

    public EtwClock Clock { get; } = new();

    public NtPaths Paths { get; }

    public IEtwFileInterest Interest { get; set; }

    public EtwCounts Counts { get; } = new();

    public EtwProcesses Processes { get; }

    public EtwFileNames Files { get; } = new();

    public EtwRegistryKeys Keys { get; } = new();

    public EtwModels Models { get; } = new();

    /// <summary>The process on whose thread the event was written.</summary>
    public ProcessKey Actor(in EtwHeader header) => Processes.KeyOf(header.Pid, header.AtNs);
}
