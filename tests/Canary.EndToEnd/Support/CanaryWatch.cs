using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Canary.EndToEnd.Support;

/// <summary>A real <c>canary watch --json</c> or <c>canary model guard --json</c>, each line of whose output is kept with the moment at which it came.</summary>
internal sealed class CanaryWatch : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<SeenLine> _lines = [];
    private readonly StringBuilder _errors = new();
    private readonly Task _reading;
    private readonly Task _readingErrors;
    private bool _ended;
    private volatile bool _killed;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CanaryWatch(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
        _readingErrors = Task.Run(ReadErrorsAsync);
    }

    public int Pid => _process.Id;

    public IReadOnlyList<SeenLine> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public IReadOnlyList<SeenAlert> Alerts => [.. Lines.Where(l => l.Kind == "alert").Select(l => new SeenAlert(l))];

    public string Errors
    {
        get
        {
            lock (_gate)
                return _errors.ToString();
        }
    }

    /// <summary>Starts the program under test and waits for its ready line.</summary>
    public static Task<CanaryWatch> StartAsync(World world, params string[] more) => StartCommandAsync(world, ["watch", .. more]);

    /// <summary>Starts the gate of the models below a directory and waits for its ready line.</summary>
    public static Task<CanaryWatch> StartGuardAsync(World world, string models, string lockFile, params string[] more) =>
        StartCommandAsync(world, ["model", "guard", models, "--lock", lockFile, .. more]);

    private static async Task<CanaryWatch> StartCommandAsync(World world, string[] command)
    {
        var start = Prepare([.. command, "--json", "--state", world.State, "--config", world.Config]);
        var watch = new CanaryWatch(Process.Start(start)!);
        try
        {
            await watch.WaitForAsync(l => l.Kind == "ready", StartLimit, "the ready line");
            return watch;
        }
        catch
        {
            await watch.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs another command of the program under test to its end.</summary>
    public static async Task<Ran> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Prepare(arguments))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(limit.Token);
        return new Ran(process.ExitCode, await output, await errors);
    }

    public async Task<SeenAlert> WaitForAlertAsync(Func<SeenAlert, bool> wanted, TimeSpan limit, string what) =>
        new(await WaitForAsync(l => l.Kind == "alert" && wanted(new SeenAlert(l)), limit, what));

    public async Task<SeenLine> WaitForAsync(Func<SeenLine, bool> wanted, TimeSpan limit, string what)
    {
        using var timer = new CancellationTokenSource(limit);
        for (var seen = 0; ;)
        {
            Task changed;
            lock (_gate)
            {
                for (; seen < _lines.Count; seen++)
                {
                    if (wanted(_lines[seen]))
                        return _lines[seen];
                }

                if (_ended)
                    break;
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(timer.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"canary did not say {what} within {limit.TotalSeconds:0.#} s. It said:\n{Told()}");
            }
        }

        await _reading;
        await _process.WaitForExitAsync();
        await _readingErrors;
        throw new InvalidOperationException($"canary ended with exit code {_process.ExitCode} before {what}:\n{Told()}");
    }

    /// <summary>Stops it as a user would and answers its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signals.Send(Pid, Signals.Interrupt);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(limit.Token);
        await _reading;
        return _process.ExitCode;
    }

    public async Task KillAsync()
    {
        _killed = true;
        Signals.Send(Pid, Signals.Kill);
        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>Kilobytes that it holds in memory now.</summary>
    public int ResidentKilobytes() =>
        int.Parse(
            File.ReadLines($"/proc/{Pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture);

    public string Told() => string.Join('\n', Lines.Select(l => l.Json.GetRawText()).TakeLast(40)) + "\n" + Errors;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        await _readingErrors;
        _process.Dispose();
    }

    private static ProcessStartInfo Prepare(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Machine.Canary)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = "/",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // Where CI is set Canary is offline, and then sends no mail
        start.Environment.Remove("CI");
        return start;
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                var at = Stopwatch.GetTimestamp();
                if (await ParseAsync(line) is { } json)
                    Note(new SeenLine(at, json));
            }
        }
        finally
        {
            // Also when a line was no JSON: then whoever waits gets that fault
            Note(null);
        }
    }

    /// <summary>The line's JSON; null when it is the last and a kill cut it short, as it may any write longer than the pipe has room for.</summary>
    private async Task<JsonElement?> ParseAsync(string line)
    {
        try
        {
            using var parsed = JsonDocument.Parse(line);
            return parsed.RootElement.Clone();
        }
        catch (JsonException) when (_killed)
        {
            if (await _process.StandardOutput.ReadLineAsync() is null)
                return null;
            throw;
        }
    }

    /// <summary>Keeps a line, or that there will be no more, and wakes who waits.</summary>
    private void Note(SeenLine? line)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (line is not null)
                _lines.Add(line);
            else
                _ended = true;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_gate)
                _errors.AppendLine(line);
        }
    }
}
