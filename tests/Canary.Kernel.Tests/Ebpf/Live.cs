using System.Diagnostics;
using Canary.Events;
using Canary.Sensors.Ebpf;
using Xunit;

namespace Canary.Kernel.Tests.Ebpf;

/// <summary>A running sensor and all that it has told so far.</summary>
internal sealed class Live : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Live(ISensor sensor)
    {
        Assert.True(Environment.IsPrivilegedProcess, "this test looks into the kernel and needs root: run `sudo ./dev test`");
        Sensor = sensor;
        State = sensor.Start();
        Assert.True(State.Tier is not null, $"the sensor {State.Name} does not run: {State.Unavailable}");
    }

    public Live(EbpfOptions? options = null)
        : this(new EbpfSensor(options ?? new EbpfOptions()))
    {
    }

    public ISensor Sensor { get; }

    public SensorState State { get; }

    public List<SensorEvent> Seen { get; } = [];

    public EbpfSensor Ebpf => (EbpfSensor)Sensor;

    public ProcessKey Me => Running(Environment.ProcessId).Actor;

    public void Dispose() => Sensor.Dispose();

    public void Drain()
    {
        while (Sensor.Collect(Seen))
        {
        }
    }

    /// <summary>The first event of the kind that the condition holds for; fails when none comes.</summary>
    public T Await<T>(Predicate<T> wanted)
        where T : SensorEvent
    {
        var patience = Stopwatch.StartNew();
        for (int next = 0; patience.Elapsed < Patience;)
        {
            Drain();
            for (; next < Seen.Count; next++)
            {
                if (Seen[next] is T found && wanted(found))
                    return found;
            }

            Thread.Sleep(5);
        }

        throw new Xunit.Sdk.XunitException($"no {typeof(T).Name} as wanted among {Seen.Count} events");
    }

    public ProcessExecuted Executed(string marker) => Await<ProcessExecuted>(e => !e.AlreadyRunning && e.Arguments.Contains(marker));

    public ProcessExecuted Running(int pid) => Await<ProcessExecuted>(e => e.AlreadyRunning && e.Actor.Pid == pid);

    public List<SensorLoss> Losses()
    {
        var losses = new List<SensorLoss>();
        Sensor.CollectLosses(losses);
        return losses;
    }

    /// <summary>Runs a program to its end and returns its pid.</summary>
    public static int Run(string file, params string[] arguments)
    {
        using var process = Start(file, arguments);
        process.WaitForExit();
        return process.Id;
    }

    public static Process Start(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardInput = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
