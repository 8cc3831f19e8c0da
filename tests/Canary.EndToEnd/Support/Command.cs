using System.Diagnostics;
using System.Text;

namespace Canary.EndToEnd.Support;

/// <summary>A started program whose output is collected.</summary>
internal sealed class Command : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private Command(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
    }

    public int Pid => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a program. With an environment it gets that and nothing else.</summary>
    public static Command Start(
        string program, IEnumerable<string> arguments, string? directory = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = directory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment)
                start.Environment[name] = value;
        }

        return new Command(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start"));
    }

    /// <summary>Runs to the end and answers everything; kills what outlasts the limit.</summary>
    public static async Task<Ran> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, string? directory = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var command = Start(program, arguments, directory, environment);
        return await command.EndAsync(limit);
    }

    public async Task<Ran> EndAsync(TimeSpan limit)
    {
        using var timer = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            throw new TimeoutException($"{_process.StartInfo.FileName} ran past {limit.TotalSeconds:0} s\n{await _output}\n{await _errors}");
        }

        return new Ran(_process.ExitCode, await _output, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}

internal sealed record Ran(int ExitCode, string Output, string Errors)
{
    /// <summary>Itself when the exit code is 0, else an exception with all that was printed.</summary>
    public Ran Good() => ExitCode == 0 ? this : throw new InvalidOperationException($"exit code {ExitCode}\n{Output}\n{Errors}");
}
