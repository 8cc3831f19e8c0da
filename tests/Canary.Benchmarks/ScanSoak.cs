using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Canary.Advisories;
using Canary.Inspection;
using Canary.Packages;
using Canary.Rules;

namespace Canary.Benchmarks;

/// <summary>
/// Trees that nobody should have made, for as long as one likes: files of all fixtures, damaged at random, each scanned whole, with the
/// rules. A scan ends within seconds, throws nothing, and the program's own output has no control characters. What fails is kept below
/// <c>tests/fixtures/hostile</c>, from where a test runs it for ever.
/// </summary>
internal sealed class ScanSoak(Options options, string directory) : IDisposable
{
    private const int ProgramEvery = 400;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly string[] Formats = ["text", "ndjson", "json", "sarif", "junit", "markdown", "cyclonedx"];

    private static readonly string[] Splinters =
    [
        "\0", "\r", "\n::error::x\n", "\u001b]0;x\u0007", "\u202e", "\uFEFF", "\"", "'", "\\u12", "[", "]", "{", "}", "(", ")", "<", "<!--", "<![CDATA[", "&a;", ":", "=", ",", "@", "/", "../../", "-",
        "!", "&a", "*a", "|", "\t", "__proto__", "null", "1e999999999", "git+ssh://", "http://u:p@[::1", "%0A", "sha512-", "9999-99-99", "eval(atob(", "_0x12ab", "<!@(", "\U000E0041", "\uFE00\uFE01",
    ];

    private readonly RuleBook _book = RuleLoader.Load(RuleSources.BuiltIn("packages/")).Book;
    private readonly KnownBad _known = new([AdvisoryIndex.BuiltIn()]);

    public static int Run(Options options)
    {
        string directory = Directory.CreateTempSubdirectory("canary-soak-scan-").FullName;
        try
        {
            using var soak = new ScanSoak(options, directory);
            return soak.Soak();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    public void Dispose() => _known.Dispose();

    private int Soak()
    {
        string fixtures = Path.Combine(Checkout.Root, "tests", "fixtures");
        var files = ((string[])["packages", "incidents", "hostile"]).Select(f => Path.Combine(fixtures, f)).Where(Directory.Exists)
            .SelectMany(d => Directory.EnumerateFiles(d, "*", SearchOption.AllDirectories)).Where(f => new FileInfo(f).Length is > 0 and < 256 * 1024)
            .Order(StringComparer.Ordinal).ToArray();
        int seed = options.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue), trees = 0, failures = 0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{files.Length:N0} files to damage, seed {seed}"));
        var random = new Random(seed);
        var slowest = TimeSpan.Zero;
        long from = Stopwatch.GetTimestamp(), said = from;
        while (Stopwatch.GetElapsedTime(from).TotalMinutes < options.Minutes)
        {
            string tree = Path.Combine(directory, "t");
            Directory.CreateDirectory(tree);
            for (int i = random.Next(1, 5); i > 0; i--)
                Place(tree, files[random.Next(files.Length)], fixtures, random);
            long began = Stopwatch.GetTimestamp();
            string? fault = Fault(tree, ++trees % ProgramEvery == 0 ? Formats[random.Next(Formats.Length)] : null);
            var took = Stopwatch.GetElapsedTime(began);
            fault ??= took > Patience ? $"took {took.TotalSeconds:F1} s" : null;
            slowest = took > slowest ? took : slowest;
            if (fault is not null)
            {
                failures++;
                Console.WriteLine($"{fault}\n  kept in {Keep(tree, fixtures)}");
            }

            Directory.Delete(tree, recursive: true);
            if (Stopwatch.GetElapsedTime(said).TotalMinutes < 1)
                continue;
            said = Stopwatch.GetTimestamp();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(from).TotalMinutes,7:F1} min  {trees,9:N0} trees  {failures} failures  slowest {slowest.TotalSeconds:F1} s  {Shell.ResidentMegabytes(Environment.ProcessId):F0} MB"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{trees:N0} trees, {failures} failures, slowest {slowest.TotalSeconds:F2} s"));
        return failures == 0 ? 0 : 1;
    }

    private string? Fault(string tree, string? format)
    {
        try
        {
            var files = new FileInspection(tree, _book, _known, TimeProvider.System, whole: true);
            var inventory = new PackageScan(tree, meet: files.Meet).Run();
            if (inventory.UnreadParts.Select(u => u.Reason).Concat(files.Run().Unread.Select(u => u.Reason)).FirstOrDefault(r => r.Contains(PackageScan.Defect, StringComparison.Ordinal)) is { } defect)
                return defect;
            foreach (var package in inventory.Packages)
                _known.Find(package);
        }
        catch (Exception e)
        {
            return e.ToString();
        }

        return format is null ? null : FaultOfProgram(tree, format);
    }

    private string? FaultOfProgram(string tree, string format)
    {
        var start = new ProcessStartInfo(options.Program, ["scan", tree, "--format", format, "--offline", "--state", Path.Combine(directory, "state")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return process.ExitCode is not (0 or 1 or 3) ? $"{format}: exit {process.ExitCode}\n{output}"
            : output.Any(c => char.IsControl(c) && c is not ('\n' or '\t')) ? $"{format}: a control character in the output"
            : output.Split('\n').Any(l => l.TrimStart().StartsWith("::", StringComparison.Ordinal)) ? $"{format}: a line that a CI takes for a command"
            : null;
    }

    private static void Place(string tree, string file, string fixtures, Random random)
    {
        // Below a fixture its own path counts: places tell which package a file belongs to.
        string[] parts = Path.GetRelativePath(fixtures, file).Split('/');
        string to = Path.Combine([tree, .. parts.Skip(Math.Min(parts.Length - 1, 3))]);
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.WriteAllBytes(to, Damaged(File.ReadAllBytes(file), random));
    }

    private static byte[] Damaged(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (int times = random.Next(0, 6); times > 0; times--)
        {
            int at = random.Next(bytes.Count + 1), length = Math.Min(random.Next(1, 64), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Splinters[random.Next(Splinters.Length)]));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    for (int i = 0; i < length; i++)
                        bytes[at + i] = (byte)random.Next(256);
                    break;
                case 5:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Splinters[random.Next(Splinters.Length)], random.Next(1, 20_000)))));
                    break;
                default:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(32, 127), random.Next(1, 200_000)));
                    break;
            }
        }

        return [.. bytes];
    }

    private static string Keep(string tree, string fixtures)
    {
        string kept = Path.Combine(fixtures, "hostile", $"soak-{Guid.NewGuid():N}"[..13]);
        foreach (string file in Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(kept, Path.GetRelativePath(tree, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to, overwrite: true);
        }

        return Path.GetRelativePath(Checkout.Root, kept);
    }
}
