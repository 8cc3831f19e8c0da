using System.Diagnostics;
using Canary.Events;
using Canary.Sensors.Fanotify;

namespace Canary.Benchmarks;

/// <summary>What fanotify's marks cost the one who opens and writes, and what taking them costs Canary.</summary>
internal static class FileBenchmark
{
    private const int Files = 500, Rounds = 101;

    public static int Run()
    {
        string root = Directory.CreateTempSubdirectory("canary-bench-").FullName;
        try
        {
            string[] places = [Make(root, "unwatched"), Make(root, "tree"), Make(root, "secrets")];
            for (int i = 0; i < 4000; i++)
                Directory.CreateDirectory(Path.Combine(root, "big", (i / 100).ToString("D"), i.ToString("D")));
            using var sensor = new FanotifySensor(FileWatch.Default with { Secrets = [places[2]], MarkedFiles = 0 });
            long began = Stopwatch.GetTimestamp();
            if (sensor.Start().Unavailable is { } why)
            {
                Console.Error.WriteLine(why);
                return 5;
            }

            Drain(sensor);
            Console.WriteLine($"start, default places but one of secrets: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F1} ms");
            sensor.WatchTree(places[1]);
            Drain(sensor);
            Compare("open and close", places, sensor, Open);
            Compare("create, write, close and delete", places, sensor, Write);
            Scan(sensor, Path.Combine(root, "big"));
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string Make(string root, string name)
    {
        string path = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
        for (int i = 0; i < Files; i++)
            File.WriteAllText(Path.Combine(path, i.ToString("D")), "x");
        return path;
    }

    private static void Compare(string what, string[] places, FanotifySensor sensor, Action<string> act)
    {
        var taken = places.Select(_ => new List<double>()).ToArray();
        // interleaved, so that a load from elsewhere meets all of them
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < places.Length; i++)
            {
                long began = Stopwatch.GetTimestamp();
                for (int file = 0; file < Files; file++)
                    act(Path.Combine(places[i], file.ToString("D")));
                taken[i].Add(Stopwatch.GetElapsedTime(began).TotalNanoseconds / Files);
                Drain(sensor);
            }
        }

        double none = Estimate.MedianOf(taken[0]);
        Console.WriteLine($"{what}: {none:F0} ns unwatched, in a tree {Estimate.MedianOf(taken[1]) - none:+0;-0} ns, in a place of secrets {Estimate.MedianOf(taken[2]) - none:+0;-0} ns");
    }

    private static void Open(string path)
    {
        using var file = File.OpenHandle(path);
    }

    private static void Write(string path)
    {
        path += "w";
        File.WriteAllText(path, "x");
        File.Delete(path);
    }

    private static void Scan(FanotifySensor sensor, string tree)
    {
        long heap = GC.GetTotalMemory(forceFullCollection: true);
        double slowest = 0;
        int calls = 0;
        long began = Stopwatch.GetTimestamp();
        sensor.WatchTree(tree);
        for (bool more = true; more; calls++)
        {
            long call = Stopwatch.GetTimestamp();
            more = sensor.Collect([]);
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(call).TotalMilliseconds);
        }

        double all = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        long kept = GC.GetTotalMemory(forceFullCollection: true) - heap;
        Console.WriteLine($"marking a tree of 4,041 directories: {all:F1} ms in {calls} calls, the slowest {slowest:F1} ms; {kept / 1024} KiB of heap kept");
    }

    private static void Drain(FanotifySensor sensor)
    {
        var events = new List<SensorEvent>();
        while (sensor.Collect(events))
            events.Clear();
    }
}
