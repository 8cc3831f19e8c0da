using System.Diagnostics;

namespace Canary.Benchmarks;

/// <summary>What watching costs: the wall time of a job under a monitor over that without one, all arms in turn within every round.</summary>
internal static class SensorBenchmark
{
    private const double MostMedian = 1.03, MostHigh = 1.05;

    /// <param name="Work">Processor seconds of the job itself, kernel side included: where hooks show even on a busy machine.</param>
    private sealed record Sample(double Seconds, double Work, double Processor, long Lost);

    public static int Run(Options options)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("root is needed: sudo ./dev bench sensor");
            return 5;
        }

        string folder = Directory.CreateTempSubdirectory("canary-bench-jobs-").FullName;
        bool met = true;
        try
        {
            Console.WriteLine($"{options.Pairs} rounds, {Environment.ProcessorCount} processors, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}; canary: {options.Monitor ?? options.Program}");
            Describe(options);
            foreach (string name in options.Jobs)
                met &= Measure(Job.Create(name, folder, options), options);
        }
        finally
        {
            if (options.Arms.Contains("auditd"))
                AuditMonitor.Quieten();
            Directory.Delete(folder, recursive: true);
        }

        return met || !options.Check ? 0 : 1;
    }

    private static void Describe(Options options)
    {
        if (options.Arms.Contains("auditd"))
            AuditMonitor.Quieten();
        if (!options.Arms.Contains("canary"))
            return;
        using var monitor = (CommandMonitor)Monitor.Start("canary", options);
        Console.WriteLine(monitor.Ready);
    }

    private static bool Measure(Job job, Options options)
    {
        string[] arms = ["none", .. options.Arms];
        var samples = arms.ToDictionary(arm => arm, _ => new List<Sample>());
        // The first run of a job fills the page cache for all later ones.
        job.Run();
        for (int round = 0; round < options.Pairs; round++)
        {
            // Each arm takes each place equally often, so that drift of the machine falls on all.
            for (int place = 0; place < arms.Length; place++)
            {
                string arm = arms[(round + place) % arms.Length];
                samples[arm].Add(Once(arm, job, options));
            }

            if (options.Verbose)
                Console.WriteLine($"  {round + 1,3}  " + string.Join("  ", arms.Select(arm => $"{arm} {samples[arm][^1].Seconds:F3}")));
        }

        return Report(job, samples, options);
    }

    private static Sample Once(string arm, Job job, Options options)
    {
        using var monitor = Monitor.Start(arm, options);
        double before = monitor.ProcessorSeconds, work = Shell.ChildrenSeconds();
        long began = Stopwatch.GetTimestamp();
        job.Run();
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        work = Shell.ChildrenSeconds() - work;
        double processor = monitor.ProcessorSeconds - before;
        // What the monitor still has in its queues belongs to this run, not to the next.
        Thread.Sleep(arm == "none" ? 0 : 300);
        return new Sample(seconds, work, processor, monitor.Lost);
    }

    private static bool Report(Job job, Dictionary<string, List<Sample>> samples, Options options)
    {
        Console.WriteLine($"\n{job.Name}: {job.What}");
        Console.WriteLine($"  {"arm",-8} {"median s",9} {"ratio",7} {"95 % interval",16} {"its CPU s",10} {"CPU ratio",10} {"lost",6}");
        var ratios = new Dictionary<string, Estimate>();
        foreach (var (arm, runs) in samples)
        {
            string cost = "";
            if (arm != "none")
            {
                var ratio = ratios[arm] = Estimate.Of([.. runs.Zip(samples["none"], (with, without) => with.Seconds / without.Seconds)]);
                // All processor time: the job's, what the hooks add to it, and the monitor's own.
                double all = Estimate.MedianOf([.. runs.Zip(samples["none"], (with, without) => (with.Work + with.Processor) / without.Work)]);
                cost = $" {ratio.Median,7:F3} {ratio.Low,8:F3}–{ratio.High:F3} {Estimate.MedianOf([.. runs.Select(r => r.Processor)]),11:F2} {all,10:F3} {runs.Sum(r => r.Lost),6}";
            }

            Console.WriteLine($"  {arm,-8} {Estimate.MedianOf([.. runs.Select(r => r.Seconds)]),9:F3}{cost}");
        }

        return !ratios.TryGetValue("canary", out var canary) || Judge(job, canary, ratios, options);
    }

    private static bool Judge(Job job, Estimate canary, Dictionary<string, Estimate> ratios, Options options)
    {
        bool met = true;
        void Say(string target, bool holds)
        {
            met &= holds;
            Console.WriteLine($"  target {target}: {(options.Smoke ? "not judged by a smoke run" : holds ? "met" : "MISSED")}");
        }

        if (job.Name == "build")
            Say($"median ≤ {MostMedian}, upper bound ≤ {MostHigh}", canary.Median <= MostMedian && canary.High <= MostHigh);
        if (ratios.TryGetValue("auditd", out var audit))
            Say("below auditd", canary.Median < audit.Median);
        return met || options.Smoke;
    }
}
