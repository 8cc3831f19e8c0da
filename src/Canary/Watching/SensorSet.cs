using Canary.Agents;
using Canary.Config;
using Canary.Events;
using Canary.Sensors.Ebpf;
using Canary.Sensors.Etw;
using Canary.Sensors.Fanotify;
using Canary.Sensors.Proc;

namespace Canary.Watching;

/// <summary>The sensors of this machine, started: that of processes first, as the pump wants them.</summary>
internal sealed class SensorSet : IDisposable
{
    private SensorSet(IReadOnlyList<ISensor> sensors, IReadOnlyList<SensorState> states)
    {
        Sensors = sensors;
        States = states;
    }

    public IReadOnlyList<ISensor> Sensors { get; }

    public IReadOnlyList<SensorState> States { get; }

    public IReadOnlyList<ITagsSessions> Taggers => [.. Sensors.OfType<ITagsSessions>()];

    public IReadOnlyList<IWatchesTrees> Watchers => [.. Sensors.OfType<IWatchesTrees>()];

    /// <summary>True when at least processes are seen: without them Canary cannot do its work.</summary>
    public bool SeesProcesses => States.Any(s => s.Tier is not null && s.Classes.Contains("process"));

    public static SensorSet Start(CanaryConfig config, Catalogue catalogue, TimeProvider time)
    {
        if (OperatingSystem.IsWindows())
        {
            var etw = EtwSensors.Create(config.Sensors.SensitivePaths, config.Sensors.NotSensitivePaths);
            return new SensorSet([etw], [etw.Start()]);
        }

        var processes = ProcessSensors.Choose(new EbpfOptions
        {
            AgentBasenames = catalogue.Basenames,
            AllNetwork = config.Sensors.AllNetwork,
            SyscallTracepoints = config.Sensors.SyscallTracepoints,
        });
        var sensors = new List<ISensor> { processes.Sensor };
        var states = new List<SensorState> { processes.State };
        var removed = config.Sensors.NotSensitivePaths;
        var files = FileSensors.Choose(FileWatch.Default with
        {
            Secrets = [.. FileWatch.Default.Secrets.Where(p => !removed.Contains(p)), .. config.Sensors.SensitivePaths],
            Changes = [.. FileWatch.Default.Changes.Where(p => !removed.Contains(p))],
        }, time);
        if (files.Sensor is { } sensor)
        {
            states.Add(sensor.Start());
            if (states[^1].Tier is not null)
                sensors.Add(sensor);
            else
                sensor.Dispose();
        }
        else
        {
            states.Add(files.State);
        }

        return new SensorSet(sensors, states);
    }

    public void Dispose()
    {
        foreach (var sensor in Sensors)
            sensor.Dispose();
    }
}
