using System.Runtime.Versioning;
using Canary.Events;
using Canary.Sensors.Ebpf;

namespace Canary.Sensors.Proc;

/// <summary>Chooses how processes are seen on this machine: eBPF, else the process connector, else /proc.</summary>
public static class ProcessSensors
{
    /// <summary>Starts the best sensor that runs here. Its state says what it does not see, and why no better one runs.</summary>
    public static ChosenSensor Choose(EbpfOptions options, TimeProvider? time = null)
    {
        if (!OperatingSystem.IsLinux())
            return NoSensor.Chosen("Canary has no sensor for this system");
        return Best([new EbpfSensor(options), new ProcConnectorSensor(), new ProcPollSensor(time ?? TimeProvider.System)]);
    }

    [SupportedOSPlatform("linux")]
    internal static ChosenSensor Best(ReadOnlySpan<ISensor> sensors)
    {
        var refused = new List<string>();
        foreach (var sensor in sensors)
        {
            var state = sensor.Start();
            if (state.Tier is not null)
            {
                if (state.Unavailable is { } own)
                    refused.Add(own);
                return new ChosenSensor(sensor, state with { Unavailable = refused.Count > 0 ? string.Join("; ", refused) : null });
            }

            sensor.Dispose();
            refused.Add(state.Unavailable ?? sensor.Name);
        }

        return NoSensor.Chosen(string.Join("; ", refused));
    }
}

/// <summary>A started sensor and how it runs.</summary>
public sealed record ChosenSensor(ISensor Sensor, SensorState State);
