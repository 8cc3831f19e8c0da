using System.Diagnostics;
using System.Security.Cryptography;
using Canary.Models.Gating;
using Canary.Models.Hashing;
using Canary.Sensors.Gating;

namespace Canary.Benchmarks;

/// <summary>
/// What the gate costs a loader: opens of a verified file, the first streaming pass and later ones, each beside the same without a gate.
/// The reader is a process of its own (1 MiB blocks), since the gate lets its own through; rounds are interleaved.
/// </summary>
internal static class ModelGateBenchmark
{
    private const double OpenAtMost = 2, FirstAtLeast = 0.85, LaterAtLeast = 0.8;
    private const int Opens = 20_000;

    public static int Run(int mebibytes = 1024, int rounds = 5)
    {
        string root = Path.Combine("/var/tmp", $"canary-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path.Combine(root, "models"));
        try
        {
            string guarded = Path.Combine(root, "models", "a.bin"), free = Path.Combine(root, "free.bin");
            var file = Make(guarded, mebibytes);
            File.Copy(guarded, free);
            string opener = Compile(root);
            var (hash, plain, first, later, opens, openFree) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
            for (int round = 0; round < rounds; round++)
            {
                hash.Add(Hash(free, file));
                plain.Add(Read(free));
                var options = new ModelGateOptions { Paths = [Path.Combine(root, "models")], SealRecord = Path.Combine(root, "seals") };
                if (ModelGate.Start(options, new GateBook([file]), TimeProvider.System, out var gate) is { } lack)
                {
                    Console.Error.WriteLine(lack);
                    return 5;
                }

                using (gate)
                {
                    first.Add(Read(guarded));
                    for (int i = 0; i < 100 && gate!.Files[0].Guarantee != FileGuarantee.Sealed; i++)
                        Thread.Sleep(50);
                    later.Add(Read(guarded));
                    plain.Add(Read(free));
                    opens.Add(Run(opener, guarded));
                    openFree.Add(Run(opener, free));
                }
            }

            double rate = (double)file.Size / 1e9;
            Console.WriteLine($"file of {mebibytes} MiB in page cache, median of {rounds} rounds, {Environment.ProcessorCount} processors");
            Console.WriteLine($"chunk table alone, one thread  {rate / Median(hash):F2} GB/s");
            Console.WriteLine($"read without a gate            {rate / Median(plain):F2} GB/s");
            bool good = Tell("first pass / chunk table alone", Median(hash) / Median(first), FirstAtLeast, atLeast: true, $"{rate / Median(first):F2} GB/s");
            good &= Tell("later pass / without a gate", Median(plain) / Median(later), LaterAtLeast, atLeast: true, $"{rate / Median(later):F2} GB/s");
            good &= Tell("open of a verified file / ungated", Median(opens) / Median(openFree), OpenAtMost, atLeast: false, $"{Median(opens) * 1e6 / Opens:F2} µs, ungated {Median(openFree) * 1e6 / Opens:F2} µs");
            return good ? 0 : 1;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static bool Tell(string what, double ratio, double target, bool atLeast, string figures)
    {
        bool good = atLeast ? ratio >= target : ratio <= target;
        Console.WriteLine($"{what,-34} {ratio:F2}  ({(atLeast ? "at least" : "at most")} {target:F2}: {(good ? "met" : "MISSED")})  {figures}");
        return good;
    }

    private static GatedFile Make(string path, int mebibytes)
    {
        long length = (long)mebibytes << 20;
        byte[] digests = new byte[mebibytes * 32], block = new byte[1 << 20];
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var stream = File.Create(path))
        {
            var random = new Random(1);
            for (int i = 0; i < mebibytes; i++)
            {
                random.NextBytes(block);
                stream.Write(block);
                sha256.AppendData(block);
                ChunkTable.Digest(length, i, block, digests.AsSpan(i * 32, 32));
            }

            stream.Flush(flushToDisk: true);
        }

        return new GatedFile(path, length, Convert.ToHexStringLower(sha256.GetHashAndReset()), new ChunkTable(length, digests), [], "unknown", "allow", "first-seen");
    }

    private static double Hash(string path, GatedFile file)
    {
        byte[] block = new byte[1 << 20];
        using var handle = File.OpenHandle(path);
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < file.Chunks.Count; i++)
        {
            (long offset, int bytes) = file.Chunks.Place(i);
            int read = RandomAccess.Read(handle, block.AsSpan(0, bytes), offset);
            if (read != bytes || !file.Chunks.Matches(i, block))
                throw new InvalidDataException("the file is not what was written");
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static string Compile(string root)
    {
        string source = Path.Combine(root, "opens.c"), program = Path.Combine(root, "opens");
        File.WriteAllText(source, $$"""
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <time.h>
            #include <unistd.h>
            static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
            int main(int argc, char **argv)
            {
                double began = now();
                if (argc == 3) {
                    int f = open(argv[1], O_RDONLY); char *b = malloc(1 << 20); ssize_t n;
                    while ((n = read(f, b, 1 << 20)) > 0);
                    if (f < 0 || n < 0) return 1;
                } else {
                    for (int i = 0; i < {{Opens}}; i++) { int f = open(argv[1], O_RDONLY); if (f < 0) return 1; close(f); }
                }
                printf("%.9f\n", now() - began);
            }
            """);
        using var gcc = Process.Start("gcc", ["-O1", "-o", program, source]);
        gcc.WaitForExit();
        return gcc.ExitCode == 0 ? program : throw new InvalidOperationException("gcc failed");
    }

    private static double Read(string path) => Run(Path.Combine(Path.GetDirectoryName(path)!, path.EndsWith("free.bin", StringComparison.Ordinal) ? "opens" : "../opens"), path, "read");

    private static double Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? double.Parse(output, System.Globalization.CultureInfo.InvariantCulture) : throw new InvalidOperationException($"{program} failed");
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
