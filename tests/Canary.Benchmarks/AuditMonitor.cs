using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Canary.Benchmarks;

/// <summary>
/// The kernel's audit with auditd writing its log: rules for execve, openat and connect, and the backlog of Debian's default rules.
/// </summary>
/// <remarks>
/// Once audit was enabled, the kernel keeps giving every new task an audit context, with rules or without, until the next boot: that
/// would slow the arms without auditd as well and flatter Canary. The rule «never,task» gives new tasks none; it holds outside this arm.
/// </remarks>
internal sealed partial class AuditMonitor : Monitor
{
    private readonly string _folder = Directory.CreateTempSubdirectory("canary-audit-").FullName;
    private readonly Process _daemon;
    private readonly double _atStart;
    private readonly long _lostBefore;

    public AuditMonitor()
    {
        string log = Path.Combine(_folder, "audit.log");
        File.WriteAllText(Path.Combine(_folder, "auditd.conf"), $"""
            local_events = yes
            write_logs = yes
            log_file = {log}
            log_format = ENRICHED
            flush = INCREMENTAL_ASYNC
            freq = 50
            max_log_file = 512
            num_logs = 2
            max_log_file_action = ROTATE
            space_left = 75
            space_left_action = IGNORE
            admin_space_left = 50
            admin_space_left_action = IGNORE
            disk_full_action = SYSLOG
            disk_error_action = SYSLOG

            """);
        File.SetUnixFileMode(Path.Combine(_folder, "auditd.conf"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _daemon = Process.Start(new ProcessStartInfo("auditd", ["-n", "-c", _folder]))!;
        for (int i = 0; i < 50 && !File.Exists(log); i++)
            Thread.Sleep(100);
        if (_daemon.HasExited)
            throw new InvalidOperationException($"auditd ended with {_daemon.ExitCode}; is another one running?");
        Shell.Run("auditctl", "-D");
        Shell.Run("auditctl", "-b", "8192", "--backlog_wait_time", "60000", "-f", "1");
        Shell.Run("auditctl", "-e", "1");
        Shell.Run("auditctl", "-a", "always,exit", "-F", "arch=b64", "-S", "execve,execveat,openat,connect", "-k", "canary-bench");
        _atStart = Shell.ProcessorSeconds(_daemon);
        _lostBefore = LostNow();
    }

    public override double ProcessorSeconds => _daemon.HasExited ? double.NaN : Shell.ProcessorSeconds(_daemon) - _atStart;

    public override long Lost => LostNow() - _lostBefore;

    /// <summary>Leaves new tasks without an audit context, as on a machine that never audited.</summary>
    public static void Quieten()
    {
        Shell.Run("auditctl", "-D");
        Shell.Run("auditctl", "-a", "never,task");
        Shell.Run("auditctl", "-e", "0");
    }

    private static long LostNow()
    {
        using var status = Process.Start(new ProcessStartInfo("auditctl", ["-s"]) { RedirectStandardOutput = true })!;
        return long.Parse(LostLine().Match(status.StandardOutput.ReadToEnd()).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    public override void Dispose()
    {
        Quieten();
        _daemon.Kill();
        _daemon.WaitForExit();
        _daemon.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"^lost (\d+)", RegexOptions.Multiline)]
    private static partial Regex LostLine();
}
