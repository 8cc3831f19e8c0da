using System.Diagnostics;

namespace Canary.Benchmarks;

/// <summary>Something that watches the machine while a job runs. Disposing ends it.</summary>
internal abstract class Monitor : IDisposable
{
    /// <summary>Processor seconds since it was ready.</summary>
    public abstract double ProcessorSeconds { get; }

    /// <summary>Events that it says it lost.</summary>
    public abstract long Lost { get; }

    public abstract void Dispose();

    public static Monitor Start(string arm, Options options) => arm switch
    {
        "none" => new NoMonitor(),
        "auditd" => new AuditMonitor(),
        "canary" when options.Monitor is { } command => new CommandMonitor("/bin/bash", ["-c", "exec " + command]),
        "canary" => CommandMonitor.Canary(options.Program),
        _ => throw new ArgumentException($"no arm is called {arm}"),
    };
}

internal sealed class NoMonitor : Monitor
{
    public override double ProcessorSeconds => 0;

    public override long Lost => 0;

    public override void Dispose()
    {
    }
}

/// <summary>A monitor in the foreground, ready with its first line of output, asked to end by SIGTERM.</summary>
internal sealed class CommandMonitor : Monitor
{
    private readonly Process _process;
    private readonly string? _state;
    private readonly double _atStart;
    private long _lost;
    private long _alerts;

    public CommandMonitor(string program, IReadOnlyList<string> arguments, string? state = null)
    {
        _state = state;
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        // An open pipe that nobody reads would stop the monitor once it is full.
        var errors = _process.StandardError.ReadToEndAsync();
        Ready = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{program} ended before it was ready:\n{errors.Result}");
        _atStart = Shell.ProcessorSeconds(_process);
        _ = Task.Run(Drain);
    }

    public static CommandMonitor Canary(string program)
    {
        string state = Directory.CreateTempSubdirectory("canary-bench-").FullName;
        return new CommandMonitor(program, ["watch", "--json", "--offline", "--state", state], state);
    }

    /// <summary>The first line that it wrote: canary's ready line names the tiers in use.</summary>
    public string Ready { get; }

    public int Pid => _process.Id;

    public long Alerts => Interlocked.Read(ref _alerts);

    public bool Ended => _process.HasExited;

    public override double ProcessorSeconds => _process.HasExited ? double.NaN : Shell.ProcessorSeconds(_process) - _atStart;

    public override long Lost => Interlocked.Read(ref _lost);

    private async Task Drain()
    {
        while (await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith("{\"kind\":\"lost\"", StringComparison.Ordinal) || line.Contains("canary-blind", StringComparison.Ordinal))
                Interlocked.Increment(ref _lost);
            else if (line.StartsWith("{\"kind\":\"alert\"", StringComparison.Ordinal))
                Interlocked.Increment(ref _alerts);
        }
    }

    public override void Dispose()
    {
        Shell.Signal(_process, Shell.SigTerm);
        if (!_process.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            _process.Kill();
            Console.Error.WriteLine("the monitor did not end within 20 s of SIGTERM");
        }

        _process.Dispose();
        if (_state is not null)
            Directory.Delete(_state, recursive: true);
    }
}
