using System.CommandLine;
using System.Runtime.InteropServices;
using Canary.Alerts.Storage;
using Canary.Text;
using Canary.Views;
using Canary.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace Canary.Commands;

/// <summary><c>canary daemon</c>: the monitor as a service: says when it is ready, feeds the watchdog, loads rules anew on SIGHUP.</summary>
internal static class DaemonCommand
{
    public static Command Create()
    {
        var command = new Command("daemon", "the monitor as a service (systemd notify and watchdog)");
        command.SetAction((parsed, cancel) => RunAsync(parsed, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var settings = Settings.Load(parsed, withRules: true);
        if (settings.Tell(parsed))
            return ExitCode.Usage;
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        using IWatchView view = parsed.GetValue(GlobalOptions.Json) ? new JsonWatchView(output)
            : new PlainWatchView(output, error, settings.Config.Alerts.ConsoleLevel, parsed.GetValue(GlobalOptions.Quiet));
        try
        {
            using var monitor = new CanaryMonitor(settings, WatchCommand.RulesOf(parsed, settings), StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State)), "daemon", view, TimeProvider.System);
            monitor.Start();
            if (!monitor.SeesProcesses)
            {
                await monitor.StopAsync();
                return ExitCode.Unable;
            }

            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.Services.AddSystemd();
            builder.Services.AddWindowsService(options => options.ServiceName = "Canary");
            builder.Services.AddSingleton<IHostedService>(services => new Watchdog(monitor, services.GetService<ISystemdNotifier>()));
            using var host = builder.Build();
            using var reload = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                monitor.ReloadRules();
            });
            await host.StartAsync(cancel);
            var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
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
