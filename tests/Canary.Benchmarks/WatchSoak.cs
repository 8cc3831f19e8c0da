using System.Diagnostics;

namespace Canary.Benchmarks;

/// <summary>Hours of process storms under <c>watch</c>: its memory must stay flat, and nothing may be lost.</summary>
internal static class WatchSoak
{
    private const double MostGrowth = 1.10;

    public static int Run(Options options)
    {
        using var monitor = CommandMonitor.Canary(options.Program);
        Console.WriteLine(monitor.Ready);
        var resident = new List<double>();
        long from = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(from).TotalMinutes < options.Minutes)
        {
            Shell.Run("/bin/bash", "-c", "for ((i = 0; i < 5000; i++)); do /bin/true; done");
            if (monitor.Ended)
            {
                Console.WriteLine("watch ended by itself");
                return 1;
            }

            resident.Add(Shell.ResidentMegabytes(monitor.Pid));
            Console.WriteLine($"{Stopwatch.GetElapsedTime(from).TotalMinutes,7:F1} min  {resident[^1],7:F1} MB  lost {monitor.Lost}");
        }

        int quarter = Math.Max(1, resident.Count / 4);
        double first = Estimate.MedianOf(resident[..quarter]), last = Estimate.MedianOf(resident[^quarter..]);
        Console.WriteLine($"{resident.Count * 5000:N0} processes; memory {first:F1} MB in the first quarter, {last:F1} MB in the last; lost {monitor.Lost}");
        return last <= first * MostGrowth && monitor.Lost == 0 ? 0 : 1;
    }
}
