using System.Diagnostics;
using System.Globalization;
using Canary.Text;

namespace Canary.Services;

/// <summary>systemd's own command, which is its interface for scripts.</summary>
internal sealed class Systemctl(string? path = null)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly string[] Places = ["/usr/bin/systemctl", "/bin/systemctl"];

    private readonly string? _path = path ?? Array.Find(Places, File.Exists);

    /// <exception cref="ServiceException">It failed, or is not there.</exception>
    public void Must(params string[] arguments)
    {
        var (code, _, errors) = Run(arguments);
        if (code != 0)
            throw new ServiceException($"systemctl {string.Join(' ', arguments)} failed: {Printable.Line(errors.Trim(), 1000)} (journalctl -u canary says more)");
    }

    /// <summary>The named properties of a unit that have a value.</summary>
    public Dictionary<string, string> Show(string unit, params string[] properties)
    {
        var (code, output, errors) = Run(["show", unit, "--property=" + string.Join(',', properties)]);
        if (code != 0)
            throw new ServiceException($"systemd does not answer: {Printable.Line(errors.Trim(), 1000)}");
        return output.Split('\n').Select(l => l.Split('=', 2)).Where(p => p.Length == 2 && p[1].Length > 0)
            .GroupBy(p => p[0]).ToDictionary(g => g.Key, g => g.Last()[1]);
    }

    /// <summary>As `systemctl show` writes it under LC_ALL=C and TZ=UTC: <c>Sat 2026-11-28 09:00:00 UTC</c>.</summary>
    public static DateTimeOffset? Time(string? text) =>
        text?.Split(' ') is [_, var date, var time, "UTC"]
        && DateTimeOffset.TryParseExact($"{date} {time}", "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : null;

    private (int Code, string Output, string Errors) Run(string[] arguments)
    {
        if (_path is null)
            throw new ServiceException("there is no systemctl here: this system was not started by systemd");
        var start = new ProcessStartInfo(_path) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in (string[])["--no-pager", "--no-ask-password", .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill();
            throw new ServiceException($"systemctl {string.Join(' ', arguments)} did not end within {Limit.TotalMinutes:0} minutes");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }
}
