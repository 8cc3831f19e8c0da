using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Alerts.Storage;
using Canary.Config;
using Canary.Guarding;
using Canary.Sensors.Hosting;
using Canary.Sensors.Proc;
using Canary.Services;
using Canary.Text;
using Canary.Views;
using Canary.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Hosting.WindowsServices;

namespace Canary.Commands;

/// <summary><c>canary daemon</c>: the monitor as a service: says when it is ready, feeds the watchdog, loads rules anew on SIGHUP.</summary>
internal static class DaemonCommand
{
    // systemd.exec(5): what is written there goes to the journal, which takes a priority at the beginning of a line.
    private static bool IsJournal => Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };

    public static Command Create()
    {
        var command = new Command("daemon", "the monitor as a service (systemd notify and watchdog, Windows service)") { ModelGuard.Worker, ModelGuard.Before };
        command.SetLongAction(RunAsync);
        return command;
    }

    [SupportedOSPlatform("linux")]
    private static void Listen(CanaryMonitor monitor, string? before, Action end, Action reload)
    {
        if (before is not null)
            monitor.Say(GuardLink.Report("worker", before));
        GuardLink.Listen(monitor.LeaveGate, end, () => monitor.Say(GuardLink.Report("gate", GuardLink.Orphaned)), reload);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var link = OperatingSystem.IsLinux() && parsed.GetValue(ModelGuard.Worker) is { } given ? GuardLink.Parse(given) : null;
        var settings = Settings.Load(parsed, withRules: false);
        bool supervises = OperatingSystem.IsLinux() && link is null && SupervisedDaemon.IsAsked(settings.Config.Models);
        if (!supervises)
            settings = settings.WithRules(parsed);
        if (settings.Tell(parsed))
            return ExitCode.Usage;
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        using IWatchView view = parsed.GetValue(GlobalOptions.Json) ? new JsonWatchView(output)
            : OperatingSystem.IsWindows() && WindowsServiceHelpers.IsWindowsService() ? new EventLogWatchView(ServiceHosts.WindowsName, settings.Config.Alerts.ConsoleLevel)
            : IsJournal ? new JournalWatchView(output, settings.Config.Alerts.ConsoleLevel)
            : new PlainWatchView(output, error, settings.Config.Alerts.ConsoleLevel, parsed.GetValue(GlobalOptions.Quiet));
        try
        {
            if (OperatingSystem.IsLinux() && supervises)
                return await SupervisedDaemon.RunAsync(settings.Config.Models, view, cancel);
            var rules = WatchCommand.RulesOf(parsed, settings);
            using var monitor = new CanaryMonitor(settings, rules, StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State)), "daemon", view, TimeProvider.System)
            {
                Link = link,
            };
            monitor.Start();
            if (!monitor.SeesProcesses)
            {
                await monitor.StopAsync();
                return ExitCode.Unable;
            }

            if (OperatingSystem.IsLinux() && SyscallDoors.Shut(monitor.AwaitsGate) is { } open)
                view.Note($"the system calls that are needed no more stay open to this process: {open}");
            var reloading = new Reloading(
                monitor, rules, view, TimeProvider.System, ConfigLocation.Default(parsed.GetValue(GlobalOptions.Config), FileTrust.Distrust), settings.Config.Source,
                config => (Settings.RuleDirectories(parsed, config), () => Settings.LoadRules(parsed, config)));
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.Services.AddSystemd();
            builder.Services.AddWindowsService(options => options.ServiceName = ServiceHosts.WindowsName);
            builder.Services.AddSingleton<IHostedService>(services => new Watchdog(monitor, services.GetService<ISystemdNotifier>()));
            using var host = builder.Build();
            using var reload = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                reloading.Run();
            });
            // Asked to end while this starts, it still ends in order.
            await host.StartAsync(CancellationToken.None);
            var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
            if (OperatingSystem.IsLinux() && link is not null)
                Listen(monitor, parsed.GetValue(ModelGuard.Before), end.Cancel, reloading.Run);
            await monitor.WaitAsync(end.Token);
            await monitor.StopAsync();
            await host.StopAsync(CancellationToken.None);
            return ExitCode.Clean;
        }
        catch (StateException e)
        {
            error.WriteLine(Printable.Line(e.Message, 1000));
            return ExitCode.Unable;
        }
    }
}
