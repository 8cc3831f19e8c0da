using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Canary.Benchmarks;

/// <summary>
/// A file of 40 GiB, sparse but for a few places: locked, verified, stopped and gone on with, verified from the record, damaged and verified
/// again. What it takes in memory is the kernel's own peak of each run.
/// </summary>
internal sealed class ModelSoak(Options options, string directory)
{
    private const long Size = 40L << 30;
    private const double MostMegabytes = 100;

    private int _failures;

    private string Models => Path.Combine(directory, "models");

    private string File => Path.Combine(Models, "model.bin");

    private string Lock => Path.Combine(directory, "models.lock");

    public static int Run(Options options)
    {
        string directory = Directory.CreateTempSubdirectory("canary-soak-model-").FullName;
        try
        {
            return new ModelSoak(options, directory).Soak();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private int Soak()
    {
        Directory.CreateDirectory(Models);
        using (var file = System.IO.File.OpenHandle(File, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            byte[] some = new byte[4096];
            new Random(options.Seed ?? 1).NextBytes(some);
            RandomAccess.Write(file, some, 0);
            RandomAccess.Write(file, some, Size / 2);
            RandomAccess.Write(file, some, Size - some.Length);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Size:N0} bytes, sparse"));
        var locking = Run("lock", null, "lock", Models, "-o", Lock, "--offline");
        Expect(System.IO.File.Exists(Lock), "no lock was written");
        // About a third of the way, by the time that locking took; verifying is faster.
        var stopped = Run("verify, stopped", TimeSpan.FromSeconds(Math.Clamp(locking.Seconds / 12, 1, 10)), "verify", "--lock", Lock);
        Expect(stopped.Code == 3 && stopped.Errors.Contains("goes on from there", StringComparison.Ordinal), "the stopped run did not say that it can go on");
        var resumed = Run("verify, gone on", null, "verify", "--lock", Lock, "--json");
        Expect(resumed.Code == 0 && Summary(resumed).GetProperty("resumed").GetInt32() == 1, "the second run did not go on from the first");
        var quick = Run("verify --quick", null, "verify", "--lock", Lock, "--json", "--quick");
        Expect(quick.Code == 0 && Summary(quick).GetProperty("from_record").GetInt32() == 1, "the quick run did not take the record");
        using (var file = System.IO.File.OpenHandle(File, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.Write(file, [1], (Size / 4) + 12345);
        var damaged = Run("verify, a byte changed", null, "verify", "--lock", Lock, "--quick");
        Expect(damaged.Code == 1 && damaged.Output.Contains($"bytes {Size / 4}-{(Size / 4) + (1 << 20) - 1}", StringComparison.Ordinal), "the changed byte was not named by its chunk");
        Console.WriteLine(_failures == 0 ? "all as it should be" : $"{_failures} failures");
        return _failures == 0 ? 0 : 1;
    }

    private static JsonElement Summary(Outcome run) => JsonDocument.Parse(run.Output.TrimEnd().Split('\n')[^1]).RootElement;

    private Outcome Run(string name, TimeSpan? stopAfter, params string[] arguments)
    {
        var start = new ProcessStartInfo(options.Program, ["model", .. arguments, "--state", Path.Combine(directory, "state")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        long from = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        double peak = 0;
        bool asked = false;
        while (!process.WaitForExit(50))
        {
            peak = Math.Max(peak, Peak(process.Id));
            if (asked || stopAfter is null || Stopwatch.GetElapsedTime(from) < stopAfter)
                continue;
            asked = true;
            Shell.Signal(process, Shell.SigTerm);
        }

        process.WaitForExit();
        double seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-24} {seconds,8:F2} s  {(stopAfter is null ? Size / seconds / 1e9 : 0),6:F2} GB/s  peak {peak,6:F0} MB  exit {process.ExitCode}"));
        Expect(peak < MostMegabytes, $"{name}: {peak:F0} MB are more than {MostMegabytes:F0}");
        return new Outcome(process.ExitCode, output.Result, errors.Result, seconds);
    }

    private static double Peak(int pid)
    {
        try
        {
            foreach (string line in System.IO.File.ReadLines($"/proc/{pid}/status"))
            {
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    return double.Parse(line.AsSpan(6, line.Length - 8).Trim(), CultureInfo.InvariantCulture) / 1024;
            }
        }
        catch (IOException)
        {
            // It has just ended.
        }

        return 0;
    }

    private void Expect(bool holds, string otherwise)
    {
        if (holds)
            return;
        _failures++;
        Console.WriteLine("  failed: " + otherwise);
    }

    private sealed record Outcome(int Code, string Output, string Errors, double Seconds);
}
