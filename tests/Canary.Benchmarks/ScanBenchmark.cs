using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Canary.Benchmarks;

/// <summary>
/// <c>canary scan</c> as a whole process: a lockfile of 5,000 entries beside an index of 250,000, in turn with lockfile-lint; a tree of
/// 100,000 files; the content of real packages on one core.
/// </summary>
internal sealed class ScanBenchmark(Options options, string directory)
{
    private const int Entries = 5_000, Known = 250_000, TreeFiles = 100_000;
    private const double MostMilliseconds = 60, MostMegabytes = 40, LeastRatio = 15, MostIndexMegabytes = 10, MostTreeSeconds = 2, LeastContent = 50;

    // The packages that the tool itself needs are the real code of the measure, as often as it takes to make it long enough.
    private const int Copies = 12;

    public static int Run(Options options)
    {
        string directory = Directory.CreateTempSubdirectory("canary-bench-scan-").FullName;
        try
        {
            bool met = new ScanBenchmark(options, directory).Measure();
            return met || !options.Check ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private bool Measure()
    {
        string linter = Linter();
        bool met = MeasureLockfile(linter);
        met &= MeasureTree();
        return met & MeasureContent(linter);
    }

    private bool MeasureLockfile(string linter)
    {
        string project = Path.Combine(directory, "lock"), state = Path.Combine(directory, "state"), list = Path.Combine(directory, "known.txt");
        Directory.CreateDirectory(project);
        File.WriteAllText(Path.Combine(project, "package-lock.json"), Lockfile());
        File.WriteAllLines(list, Enumerable.Range(0, Known).Select(i => $"npm:bad-{i / 4}-{i % 97}:{i % 9}.{i % 11}.{i % 13}"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string secret = Write("key.pem", key.ExportPkcs8PrivateKeyPem()), trusted = Write("key.pub", key.ExportSubjectPublicKeyInfoPem()), index = Path.Combine(directory, "known.index");
        Shell.Run(options.Program, "db", "build", list, "-o", index, "--sign", secret);
        Shell.Run(options.Program, "db", "update", index, "--trust", trusted, "--state", state, "--offline");
        bool met = Say($"index of {Known:N0} entries", new FileInfo(index).Length / 1e6, "MB", MostIndexMegabytes);
        string[] scan = ["scan", project, "--state", state, "--trust", trusted, "--offline"];
        string[] lint = [linter, "--path", Path.Combine(project, "package-lock.json"), "--type", "npm", "--validate-https", "--allowed-hosts", "npm", "--validate-integrity"];
        double megabytes = 0;
        var (ours, theirs, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (int i = 0; i <= options.Pairs; i++)
        {
            double a = Milliseconds(options.Program, scan, ref megabytes), unused = 0, b = Milliseconds("node", lint, ref unused);
            // The first pair fills caches.
            if (i == 0)
                continue;
            ours.Add(a);
            theirs.Add(b);
            ratios.Add(b / a);
        }

        met &= Say($"scan of {Entries:N0} entries, whole process, median of {ours.Count}", Estimate.MedianOf(ours), "ms", MostMilliseconds);
        met &= Say("  its peak memory, largest of all", megabytes, "MB", MostMegabytes);
        var ratio = Estimate.Of(ratios);
        return met & SayLeast($"lockfile-lint {Estimate.MedianOf(theirs):F0} ms, in turn (95 %: {ratio.Low:F1}-{ratio.High:F1})", ratio.Median, "times as long", LeastRatio);
    }

    private bool MeasureTree()
    {
        string tree = Path.Combine(directory, "tree");
        int files = options.Smoke ? TreeFiles / 100 : TreeFiles;
        for (int d = 0; d < files / 100; d++)
        {
            string at = Path.Combine(tree, $"a{d / 100}", $"b{d % 100}");
            Directory.CreateDirectory(at);
            for (int f = 0; f < 98; f++)
                File.WriteAllText(Path.Combine(at, $"source{f}.ts"), "export {};\n");
            File.WriteAllText(Path.Combine(at, "package.json"), "{\"name\":\"x\",\"dependencies\":{\"a\":\"1.0.0\"}}");
            File.WriteAllText(Path.Combine(at, "x.csproj"), "<Project><ItemGroup><PackageReference Include=\"A\" Version=\"1.0.0\" /></ItemGroup></Project>");
        }

        var seconds = new List<double>();
        double megabytes = 0;
        for (int i = 0; i < 6; i++)
            seconds.Add(Milliseconds(options.Program, ["scan", tree, "--state", Path.Combine(directory, "none"), "--offline"], ref megabytes) / 1000);
        return Say($"tree of {files:N0} files, warm, median of {seconds.Count - 1} ({megabytes:F0} MB)", Estimate.MedianOf([.. seconds.Skip(1)]), "s", MostTreeSeconds);
    }

    private bool MeasureContent(string linter)
    {
        string real = Path.Combine(Path.GetDirectoryName(linter)!, "..", ".."), tree = Path.Combine(directory, "content");
        for (int i = 0; i < (options.Smoke ? 1 : Copies); i++)
            Shell.Run("cp", "-r", real, Path.Combine(Directory.CreateDirectory(Path.Combine(tree, $"c{i}")).FullName, "node_modules"));
        var rates = new List<double>();
        double megabytes = 0;
        for (int i = 0; i < 4; i++)
        {
            string output = Path.Combine(directory, "content.json");
            string[] arguments = ["-c", "0", options.Program, "scan", tree, "--format", "ndjson", "--output", output, "--state", Path.Combine(directory, "none"), "--offline"];
            double milliseconds = Milliseconds("taskset", arguments, ref megabytes);
            using var summary = JsonDocument.Parse(File.ReadLines(output).Last());
            rates.Add(summary.RootElement.GetProperty("inspected_bytes").GetInt64() / 1e3 / milliseconds);
            if (i == 0)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"content: {summary.RootElement.GetProperty("inspected_bytes").GetInt64() / 1e6:F1} MB in {summary.RootElement.GetProperty("inspected_files").GetInt32():N0} files, {summary.RootElement.GetProperty("findings").GetInt32()} findings"));
        }

        return SayLeast($"content rules on one core, whole process, median of 3 ({megabytes:F0} MB)", Estimate.MedianOf([.. rates.Skip(1)]), "MB/s", LeastContent);
    }

    private static string Lockfile()
    {
        var text = new StringBuilder("{\"name\":\"app\",\"version\":\"1.0.0\",\"lockfileVersion\":3,\"requires\":true,\"packages\":{\"\":{\"name\":\"app\"}");
        for (int i = 0; i < Entries; i++)
        {
            string name = $"package-{i}", digest = Convert.ToBase64String(SHA512.HashData(Encoding.ASCII.GetBytes(name)));
            text.Append(CultureInfo.InvariantCulture, $",\n\"node_modules/{name}\":{{\"version\":\"{i % 9}.{i % 7}.0\",\"resolved\":\"https://registry.npmjs.org/{name}/-/{name}-{i % 9}.{i % 7}.0.tgz\",\"integrity\":\"sha512-{digest}\",\"license\":\"MIT\",\"dependencies\":{{\"package-{i + 1}\":\"^1.0.0\"}},\"engines\":{{\"node\":\">=18\"}}}}");
        }

        return text.Append("}}").ToString();
    }

    // Its newest version on 2026-11-23; installed once, without scripts.
    private static string Linter()
    {
        string home = Path.Combine(Checkout.Root, "artifacts", "lockfile-lint"), entry = Path.Combine(home, "node_modules", "lockfile-lint", "bin", "lockfile-lint.js");
        if (!File.Exists(entry))
        {
            Directory.CreateDirectory(home);
            Shell.Run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", home, "lockfile-lint@5.0.1"], home);
        }

        return entry;
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Of the whole process. A finding is no failure of the measure; a program that cannot work is.</summary>
    private static double Milliseconds(string program, string[] arguments, ref double megabytes)
    {
        var start = new ProcessStartInfo("/usr/bin/time", ["-f", "peak %M", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        long began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        double milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        if (process.ExitCode > 1)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} returned {process.ExitCode}\n{output.Result}{errors}");
        string peak = errors.Split('\n').Last(l => l.StartsWith("peak ", StringComparison.Ordinal));
        megabytes = Math.Max(megabytes, double.Parse(peak.AsSpan(5), CultureInfo.InvariantCulture) / 1024);
        return milliseconds;
    }

    private static bool Say(string what, double value, string unit, double most) => Say(what, value, unit, $"≤ {most}", value <= most);

    private static bool SayLeast(string what, double value, string unit, double least) => Say(what, value, unit, $"≥ {least}", value >= least);

    private static bool Say(string what, double value, string unit, string target, bool met)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {value:F2} {unit} (target {target}: {(met ? "met" : "MISSED")})"));
        return met;
    }
}
