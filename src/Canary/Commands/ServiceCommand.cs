using System.CommandLine;
using System.ComponentModel;
using Canary.Services;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary service</c>: the monitor installed into what starts programs on this system.</summary>
internal static class ServiceCommand
{
    public static Command Create()
    {
        var dry = new Option<bool>("--dry-run") { Description = "say every step and change nothing" };
        var purge = new Option<bool>("--purge") { Description = "delete the stored alerts and other state, too" };
        var install = new Command("install", "set the service up, or bring it up to date, and start it") { dry };
        install.SetAction(parsed => Change(parsed, ServiceHosts.Here(), host => host.Install(), parsed.GetValue(dry)));
        var remove = new Command("remove", "stop the service and take it away; its state stays") { dry, purge };
        remove.SetAction(parsed => Change(parsed, ServiceHosts.Here(), host => host.Remove(parsed.GetValue(purge)), parsed.GetValue(dry)));
        var status = new Command("status", "whether it is installed, enabled and running; 0 when it runs, else 5");
        status.SetAction(parsed => Status(parsed, ServiceHosts.Here()));
        return new Command("service", "the monitor as a service of this system: systemd, or Windows") { install, remove, status };
    }

    internal static int Change(ParseResult parsed, IServiceHost? host, Func<IServiceHost, ServicePlan> choose, bool dry)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        if (host is null)
            return Fail(error, ServiceHosts.None);
        try
        {
            var plan = choose(host);
            if (!dry && (plan.Refusal ?? host.Lack) is { } obstacle)
                return Fail(error, obstacle);
            foreach (var step in plan.Steps)
            {
                // Said before it is done: what fails is then the last line.
                Say(parsed, output, step.Words, dry ? "planned" : step.IsChange ? "done" : "noted");
                if (!dry && step.Run() is { } note)
                    Say(parsed, output, note, "not done");
            }

            if (!dry)
                return ExitCode.Clean;
            error.WriteLine(Printable.Line($"nothing was changed{(host.Lack is { } lack ? "; " + lack : "")}", 1000));
            return plan.Refusal is { } refusal ? Fail(error, refusal) : ExitCode.Clean;
        }
        catch (Exception e) when (e is ServiceException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            return Fail(error, e.Message);
        }
    }

    internal static int Status(ParseResult parsed, IServiceHost? host)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        if (host is null)
            return Fail(error, ServiceHosts.None);
        try
        {
            var state = host.Ask();
            output.WriteLine(parsed.GetValue(GlobalOptions.Json) ? AsJson(state) : AsText(state));
            return state.IsRunning ? ExitCode.Clean : ExitCode.Unable;
        }
        catch (ServiceException e)
        {
            return Fail(error, e.Message);
        }
    }

    private static int Fail(TextWriter error, string message)
    {
        error.WriteLine("canary: " + Printable.Line(message, 2000));
        return ExitCode.Unable;
    }

    private static void Say(ParseResult parsed, TextWriter output, string words, string state) => output.WriteLine(
        parsed.GetValue(GlobalOptions.Json)
            ? JsonLine.Of("step", w =>
            {
                w.WriteString("says", words);
                w.WriteString("state", state);
            })
            : Printable.Line(words, 1000));

    private static string AsText(ServiceState state)
    {
        var lines = new List<string>
        {
            $"installed  {(state.IsInstalled ? "yes" : "no")}{(state.Definition is { } place ? $" ({Printable.Line(place, 400)})" : "")}",
            $"enabled    {(state.IsEnabled ? "yes" : "no")}",
            $"running    {(state.IsRunning ? "yes" : "no")}: {Printable.Line(state.Words, 200)}{(state.ProcessId is { } pid ? $", pid {pid}" : "")}",
        };
        if (state.Since is { } since)
            lines.Add($"since      {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
        if (state.ExitCode is { } code)
            lines.Add($"exit code  {code} of the last run that ended");
        return string.Join(Environment.NewLine, lines);
    }

    private static string AsJson(ServiceState state) => JsonLine.Of("service", w =>
    {
        w.WriteBoolean("installed", state.IsInstalled);
        w.WriteBoolean("enabled", state.IsEnabled);
        w.WriteBoolean("running", state.IsRunning);
        w.WriteString("says", state.Words);
        if (state.ProcessId is { } pid)
            w.WriteNumber("pid", pid);
        if (state.Since is { } since)
            w.WriteString("since", since.UtcDateTime);
        if (state.ExitCode is { } code)
            w.WriteNumber("exit_code", code);
        if (state.Definition is { } place)
            w.WriteString("definition", place);
    });
}
