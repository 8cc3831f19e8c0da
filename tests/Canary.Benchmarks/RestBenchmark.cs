using System.Diagnostics;

namespace Canary.Benchmarks;

/// <summary>What Canary takes when nothing happens: memory and processor of <c>watch</c>, and how fast <c>--version</c> is.</summary>
internal static class RestBenchmark
{
    private const double MostMegabytes = 60, MostPercent = 0.5, MostMilliseconds = 40;

    public static int Run(Options options)
    {
        var starts = new List<double>();
        for (int i = 0; i < 21; i++)
        {
            long began = Stopwatch.GetTimestamp();
            Shell.Run(options.Program, "--version");
            starts.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        bool met = Say($"--version, median of {starts.Count}", Estimate.MedianOf(starts), "ms", MostMilliseconds);
        using var monitor = CommandMonitor.Canary(options.Program);
        Console.WriteLine(monitor.Ready);
        // The first seconds read the process table and the rules; rest begins after them.
        Thread.Sleep(TimeSpan.FromSeconds(10));
        double before = monitor.ProcessorSeconds, most = 0;
        long from = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(from).TotalSeconds < options.Seconds)
        {
            Thread.Sleep(1000);
            most = Math.Max(most, Shell.ResidentMegabytes(monitor.Pid));
        }

        double percent = (monitor.ProcessorSeconds - before) / Stopwatch.GetElapsedTime(from).TotalSeconds * 100;
        met &= Say($"watch at rest for {options.Seconds} s, most resident memory", most, "MB", MostMegabytes);
        met &= Say($"watch at rest for {options.Seconds} s, of one core", percent, "%", MostPercent);
        return met || !options.Check ? 0 : 1;
    }

    private static bool Say(string what, double value, string unit, double most)
    {
        bool met = value <= most;
        Console.WriteLine($"{what}: {value:F2} {unit} (target ≤ {most} {unit}: {(met ? "met" : "MISSED")})");
        return met;
    }
}
