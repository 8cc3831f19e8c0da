using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Config;
using Canary.Guarding;
using Canary.Models.Gating;
using Canary.Views;
using Microsoft.Extensions.Hosting.Systemd;

namespace Canary.Watching;

/// <summary>
/// The daemon where <c>models.on_death</c> is not <c>end</c>: the monitor is a process of its own, and this one, which the service manager
/// knows, starts it again when it dies. It reads no rules and opens no model, so that there is little that it could die of.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class SupervisedDaemon
{
    // A monitor may be busy for longer than a gate: it collects its memory, and reads rules again.
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(30);

    /// <summary>Whether a monitor with these settings is to be a process of its own.</summary>
    public static bool IsAsked(ModelsConfig models) => models.Guard.Count > 0 && models.OnDeath != OnDeath.End;

    /// <summary>Until cancelled. The exit code is the monitor's.</summary>
    public static async Task<int> RunAsync(ModelsConfig models, IWatchView view, CancellationToken cancel)
    {
        var supervisor = new GuardSupervisor(models.OnDeath, models.Deadline > Still ? models.Deadline : Still, view.Note);
        using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            supervisor.Reload();
        });
        var notifier = new SystemdNotifier();
        if (notifier.IsEnabled)
        {
            // A service manager that does not read must not hold up who refuses for a dead gate.
            var telling = new Thread(() => Tell(notifier, supervisor, cancel)) { IsBackground = true, Name = "service manager" };
            telling.Start();
        }

        return await supervisor.RunAsync(cancel);
    }

    private static void Tell(SystemdNotifier notifier, GuardSupervisor supervisor, CancellationToken cancel)
    {
        var every = Watchdog.Every ?? Timeout.InfiniteTimeSpan;
        try
        {
            supervisor.Begun.Wait(cancel);
            notifier.Notify(ServiceState.Ready);
            while (!cancel.WaitHandle.WaitOne(every))
                Watchdog.Feed(notifier, supervisor.SinceTurn);
        }
        catch (OperationCanceledException)
        {
            // asked to end before there was anything to tell
        }

        notifier.Notify(ServiceState.Stopping);
    }
}
