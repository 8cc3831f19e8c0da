using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace Canary.Watching;

/// <summary>Feeds systemd's watchdog as long as the pump turns: a monitor that hangs is to be restarted, not believed.</summary>
internal sealed class Watchdog(CanaryMonitor monitor, ISystemdNotifier? notifier) : BackgroundService
{
    /// <summary>A pump that has not turned for longer than this hangs.</summary>
    public static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(10);

    /// <summary>How often the service manager is to hear that we work; null where it does not ask.</summary>
    /// <remarks>WATCHDOG_USEC: sd_watchdog_enabled(3). Half of it is what that page advises.</remarks>
    public static TimeSpan? Every =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out long microseconds) && microseconds >= 2000
            ? TimeSpan.FromMicroseconds(microseconds / 2) : null;

    /// <summary>Says so, unless what does the work last did some too long ago.</summary>
    public static void Feed(ISystemdNotifier notifier, TimeSpan sinceTurn)
    {
        if (sinceTurn < LongestTurn)
            notifier.Notify(new ServiceState("WATCHDOG=1"));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (notifier is not { IsEnabled: true } || Every is not { } every)
            return;
        using var timer = new PeriodicTimer(every);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Feed(notifier, monitor.SincePulse);
    }
}
