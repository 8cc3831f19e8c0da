using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace Canary.Watching;

/// <summary>Feeds systemd's watchdog as long as the pump turns: a monitor that hangs is to be restarted, not believed.</summary>
internal sealed class Watchdog(CanaryMonitor monitor, ISystemdNotifier? notifier) : BackgroundService
{
    /// <summary>A pump that has not turned for longer than this hangs.</summary>
    public static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // WATCHDOG_USEC: sd_watchdog_enabled(3). Half of it is what that page advises.
        if (notifier is not { IsEnabled: true }
            || !long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out long microseconds) || microseconds < 2000)
            return;
        using var timer = new PeriodicTimer(TimeSpan.FromMicroseconds(microseconds / 2));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (monitor.SincePulse < LongestTurn)
                notifier.Notify(new ServiceState("WATCHDOG=1"));
        }
    }
}
