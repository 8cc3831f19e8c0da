using System.Diagnostics;
using Canary.Events;
using Canary.Sensors.Etw;
using Xunit;

namespace Canary.Windows.Tests.Etw;

/// <summary>The real sensor on the real kernel, collecting on a thread of its own.</summary>
internal sealed class Live : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ISensor _sensor = EtwSensors.Create([], []);
    private readonly List<SensorEvent> _events = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    public Live()
    {
        State = _sensor.Start();
        Assert.True(State.Tier is not null, State.Unavailable);
        _thread = new Thread(Collect) { IsBackground = true };
        _thread.Start();
    }

    public SensorState State { get; }

    public static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, CreateNoWindow = true })!;
        Assert.True(process.WaitForExit(30_000), $"{program} did not end");
        return process.Id;
    }

    public T Await<T>(Func<T, bool> wanted) where T : SensorEvent
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience; Thread.Sleep(50))
        {
            if (All<T>().FirstOrDefault(wanted) is { } found)
                return found;
        }

        Assert.Fail($"no {typeof(T).Name} as wanted among {All<SensorEvent>().Count} events; of its kind: {string.Join(" | ", All<T>().TakeLast(20))}");
        return null!;
    }

    public List<T> All<T>() where T : SensorEvent
    {
        lock (_events)
            return [.. _events.OfType<T>()];
    }

    public List<SensorLoss> Losses()
    {
        var losses = new List<SensorLoss>();
        _sensor.CollectLosses(losses);
        return losses;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _sensor.Dispose();
        _stop.Dispose();
    }

    private void Collect()
    {
        var taken = new List<SensorEvent>();
        while (!_stop.IsCancellationRequested)
        {
            bool more = _sensor.Collect(taken);
            lock (_events)
                _events.AddRange(taken);
            taken.Clear();
            if (!more)
                Thread.Sleep(20);
        }
    }
}
