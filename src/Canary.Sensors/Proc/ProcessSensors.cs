using Canary.Events;
using Canary.Sensors.Ebpf;

namespace Canary.Sensors.Proc;

/// <summary>Chooses how processes are seen on this machine.</summary>
public static class ProcessSensors
{
    /// <summary>Starts the best sensor that runs here. Its state says what it does not see, and why no better one runs.</summary>
    public static ChosenSensor Choose(EbpfOptions options)
    {
        if (!OperatingSystem.IsLinux())
            return NoSensor.Chosen("Canary has no process sensor for this system yet");
        var ebpf = new EbpfSensor(options);
        var state = ebpf.Start();
        return state.Tier is null ? NoSensor.Chosen(state.Unavailable ?? "") : new ChosenSensor(ebpf, state);
    }
}

/// <summary>A started sensor and how it runs.</summary>
public sealed record ChosenSensor(ISensor Sensor, SensorState State);
