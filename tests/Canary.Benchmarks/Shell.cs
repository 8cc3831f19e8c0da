using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Canary.Benchmarks;

/// <summary>Starts programs and reads what the kernel says of them.</summary>
internal static partial class Shell
{
    // Not the interrupt: a shell that starts a job in the background has it ignored, for all that the job starts.
    public const int SigTerm = 15;

    /// <summary>Runs to the end, output dropped unless it fails.</summary>
    public static void Run(string program, params IReadOnlyList<string> arguments) => Run(program, arguments, null);

    public static void Run(string program, IReadOnlyList<string> arguments, string? directory)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = directory ?? "" };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} returned {process.ExitCode}\n{output.Result}{errors}");
    }

    /// <summary>Seconds of processor time that the process has taken, its threads included.</summary>
    public static double ProcessorSeconds(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Resident set in MB, as /proc has it.</summary>
    public static double ResidentMegabytes(int pid)
    {
        foreach (string line in File.ReadLines($"/proc/{pid}/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                return double.Parse(line.AsSpan(6, line.Length - 8).Trim(), System.Globalization.CultureInfo.InvariantCulture) / 1024;
        }

        return double.NaN;
    }

    public static void Signal(Process process, int signal) => _ = Kill(process.Id, signal);

    /// <summary>Processor seconds of all children that have ended and were waited for, theirs included.</summary>
    public static double ChildrenSeconds()
    {
        const int Children = -1;
        Span<long> usage = stackalloc long[18];
        return GetUsage(Children, usage) == 0 ? usage[0] + usage[2] + (usage[1] + usage[3]) / 1e6 : double.NaN;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, Span<long> usage);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
