using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Canary.Commands;
using Canary.Models.Gating;
using Canary.Sensors.Gating;

namespace Canary.Guarding;

/// <summary>
/// Runs a gate as a process of its own, and starts it again when it dies, or stands still. Under <see cref="OnDeath.Deny"/> it holds the
/// gate's group open, and refuses what is asked until the next one stands.
/// </summary>
/// <param name="still">A gate whose clock stands still for longer than this, and than two seconds, is ended.</param>
/// <param name="note">Told in words what became of it.</param>
[SupportedOSPlatform("linux")]
internal sealed class GuardSupervisor(OnDeath onDeath, TimeSpan still, Action<string> note)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DiesWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WellAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LeastStill = TimeSpan.FromSeconds(2);

    // Of sd_notify(3) and sd_watchdog_enabled(3).
    private static readonly string[] ServiceVariables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"];

    // Of proc(5): from -1000 to 1000.
    private const int WorkerGoesFirst = 200, MostScore = 1000;

    // Exit codes from here on are the shell's for a death by signal: 128 and its number.
    private const int BySignal = 128;

    private readonly TimeSpan _still = still > LeastStill ? still : LeastStill;
    private readonly Lock _speaking = new();
    private Process? _worker;
    private HeldGate? _refusing;
    private string? _before;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _turnedAt = Stopwatch.GetTimestamp();
    private bool _stood;

    /// <summary>Done when the first worker answers.</summary>
    public Task Begun => _begun.Task;

    /// <summary>How long ago this process last did its work, whether a gate stood or not.</summary>
    public TimeSpan SinceTurn => Stopwatch.GetElapsedTime(Interlocked.Read(ref _turnedAt));

    /// <summary>Has the worker read settings and rules again. From any thread.</summary>
    public void Reload()
    {
        lock (_speaking)
            Say(_worker, GuardLink.Reload);
    }

    /// <summary>Until cancelled. The exit code is the last worker's.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var pause = TimeSpan.Zero;
        try
        {
            while (true)
            {
                long began = Stopwatch.GetTimestamp();
                if (await OneAsync(cancel) is { } code)
                    return code;
                pause = Stopwatch.GetElapsedTime(began) > WellAfter || pause == TimeSpan.Zero ? FirstPause
                    : 2 * pause > LongestPause ? LongestPause : 2 * pause;
                string again = string.Create(CultureInfo.InvariantCulture, $"it is started again in {pause.TotalSeconds:0.#} s");
                note($"{_before} {Meanwhile}; {again}");
                for (long slept = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(slept) < pause; Turned())
                    await Task.Delay(Tick, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Clean;
        }
        finally
        {
            _refusing?.Dispose();
        }
    }

    private string Meanwhile =>
        onDeath == OnDeath.Deny && _stood ? "Until it is back, opens and reads of the guarded files are refused" : "Until it is back, nothing is compared";

    /// <summary>One worker's life. Null: it died, and another is to be started.</summary>
    private async Task<int?> OneAsync(CancellationToken cancel)
    {
        HeldGate? held = null;
        using var pulse = new GatePulse();
        if (onDeath == OnDeath.Deny && HeldGate.Open(out held) is { } lack)
            return Lacking(lack);
        using var worker = TryStart(held?.Descriptor ?? -1, pulse.Descriptor, out string why);
        if (worker is null)
        {
            held?.Dispose();
            return Lacking(why);
        }

        _refusing?.Spare(worker.Id);
        lock (_speaking)
            _worker = worker;
        bool stoodStill = await WatchAsync(worker, pulse, cancel);
        if (cancel.IsCancellationRequested)
        {
            held?.Leave();
            await EndAsync(worker);
            held?.Dispose();
            return worker.ExitCode >= BySignal ? ExitCode.Unable : worker.ExitCode;
        }

        if (!_begun.Task.IsCompleted)
        {
            held?.Dispose();
            return stoodStill ? ExitCode.Unable : worker.ExitCode;
        }

        // The one that refuses already has all marks; this one's may be half set.
        if (_refusing is null && held is not null && _stood)
            (_refusing = held).Refuse();
        else
            held?.Dispose();
        _before = $"the process that judged ({worker.Id}) {(stoodStill ? "stood still and was ended" : Death(worker.ExitCode))}.";
        return null;
    }

    /// <summary>There is no worker. Who never had one gives up; who refuses for one goes on, and tries again.</summary>
    private int? Lacking(string why)
    {
        if (_begun.Task.IsCompleted)
        {
            _before = $"the process that judges cannot be started: {why}.";
            return null;
        }

        note(why);
        return ExitCode.Unable;
    }

    /// <returns>It stood still, and was killed.</returns>
    private async Task<bool> WatchAsync(Process worker, GatePulse pulse, CancellationToken cancel)
    {
        long silent = 0;
        bool alive = false;
        var exited = worker.WaitForExitAsync(CancellationToken.None);
        // Looks are counted, and not time: what was stopped together with this process has missed none.
        while (!worker.HasExited && !cancel.IsCancellationRequested)
        {
            await Task.WhenAny(exited, Task.Delay(Tick, cancel));
            Turned();
            if (pulse.Take(out bool stands, out bool ready))
            {
                (alive, silent) = (true, 0);
                if (ready || stands)
                    _begun.TrySetResult();
                if (stands)
                    Stands();
            }
            else if (++silent * Tick > (alive ? _still : StartsWithin))
            {
                worker.Kill();
                // A thread that waits for a disk dies when the disk answers; the others are dead, and nobody judges.
                await Task.WhenAny(exited, Task.Delay(DiesWithin, CancellationToken.None));
                return true;
            }
        }

        // Ctrl+C goes to both, and the worker may be the first to end.
        if (worker.HasExited && worker.ExitCode < BySignal)
            await Task.WhenAny(Task.Delay(2 * Tick, cancel));
        return false;
    }

    private void Turned() => Interlocked.Exchange(ref _turnedAt, Stopwatch.GetTimestamp());

    private void Stands()
    {
        _stood = true;
        if (_refusing is not { } refusing)
            return;
        long refused = refusing.Refused;
        refusing.Dispose();
        _refusing = null;
        note(string.Create(CultureInfo.InvariantCulture, $"the gate stands again; {refused} opens and reads were refused meanwhile"));
    }

    private Process? TryStart(int group, int pulse, out string why)
    {
        string[] given = Environment.GetCommandLineArgs();
        // Run by the framework's host, the program is its first argument.
        bool hosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string[] words = [.. hosted ? given : given[1..], ModelGuard.Worker.Name, string.Create(CultureInfo.InvariantCulture, $"{group}:{pulse}")];
        if (_before is not null)
        {
            string meanwhile = _refusing is { Refused: var refused }
                ? $"Until this one stood, all was refused: {refused} opens and reads by now" : "Until this one stood, nothing was compared";
            words = [.. words, ModelGuard.Before.Name, $"{_before} {meanwhile}"];
        }

        var start = new ProcessStartInfo(Environment.ProcessPath!, words) { RedirectStandardInput = true };
        // The service manager hears this process, and would take the worker's words for those of a stranger.
        foreach (string own in ServiceVariables)
            start.Environment.Remove(own);
        try
        {
            var worker = Process.Start(start);
            why = worker is null ? "it was not made" : "";
            if (worker is not null)
                GoesFirst(worker);
            return worker;
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            why = e.Message;
            return null;
        }
    }

    // Where memory runs out, it is the one that refuses who must live.
    private static void GoesFirst(Process worker)
    {
        try
        {
            int own = int.Parse(File.ReadAllText("/proc/self/oom_score_adj"), CultureInfo.InvariantCulture);
            File.WriteAllText($"/proc/{worker.Id}/oom_score_adj", Math.Min(own + WorkerGoesFirst, MostScore).ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // Then the kernel chooses by size.
        }
    }

    private static void Say(Process? worker, char word)
    {
        try
        {
            worker?.StandardInput.Write(word);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It has ended.
        }
    }

    private async Task EndAsync(Process worker)
    {
        // An end of the input alone would mean that this process died.
        lock (_speaking)
        {
            Say(worker, GuardLink.End);
            _worker = null;
        }

        using var limit = new CancellationTokenSource(EndsWithin);
        try
        {
            await worker.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            worker.Kill();
            await worker.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static string Death(int code) => code > BySignal ? $"was killed by signal {code - BySignal}" : $"ended by itself, with exit code {code}";
}
