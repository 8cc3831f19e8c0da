using System.CommandLine;
using System.Runtime.InteropServices;
using Canary.Alerts.Storage;
using Canary.Config;
using Canary.Events;
using Canary.Text;
using Canary.Watching;

namespace Canary.Commands;

/// <summary><c>canary doctor</c>: what Canary can and cannot see here, and how to mend it. Starts the sensors for a moment, to tell what is, not what should be.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "what Canary can and cannot see here, and how to mend it");
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var settings = Settings.Load(parsed, withRules: true);
        if (settings.Tell(parsed))
            return ExitCode.Usage;
        var checks = new List<Check> { System() };
        checks.AddRange(Sensors(settings, out bool seesProcesses));
        checks.Add(Rules(settings));
        checks.Add(Configuration(settings));
        checks.Add(State(parsed));
        checks.Add(Mail(settings, parsed));
        var output = parsed.InvocationConfiguration.Output;
        foreach (var check in checks)
            output.WriteLine(parsed.GetValue(GlobalOptions.Json) ? AsJson(check) : AsText(check));
        return seesProcesses ? ExitCode.Clean : ExitCode.Unable;
    }

    private static Check System() => new("system", true,
        $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture}, {Rights()}",
        Environment.IsPrivilegedProcess ? null
        : OperatingSystem.IsWindows() ? "run from an elevated prompt, or as a service, to see any process" : "run with sudo to see every process of the machine", []);

    private static string Rights() => (OperatingSystem.IsWindows(), Environment.IsPrivilegedProcess) switch
    {
        (true, true) => "as administrator",
        (true, false) => "not as administrator",
        (false, true) => "as root",
        (false, false) => "without root",
    };

    private static List<Check> Sensors(Settings settings, out bool seesProcesses)
    {
        using var sensors = SensorSet.Start(settings.Config, settings.Catalogue, TimeProvider.System);
        seesProcesses = sensors.SeesProcesses;
        return [.. sensors.States.Select(Describe)];
    }

    private static Check Describe(SensorState state) => new(
        $"sensor {state.Name}", state.Tier is not null,
        state.Tier is null ? "does not run" : $"tier {state.Tier}: {string.Join(", ", state.Classes)}",
        state.Unavailable, state.Blind);

    private static Check Rules(Settings settings)
    {
        var load = settings.Rules!;
        return new("rules", load.Errors.Count == 0, $"{load.Book.Rules.Count} in force, {load.Refused} refused, {load.Unsupported} not supported",
            load.Errors.Count == 0 ? null : $"{load.Errors[0]}; `canary rules check` tells all", []);
    }

    private static Check Configuration(Settings settings) => new("configuration", settings.Config.PassedOver.Count == 0,
        settings.Config.Source ?? "built in", settings.Config.PassedOver.Count == 0 ? null : string.Join("; ", settings.Config.PassedOver), []);

    private static Check State(ParseResult parsed)
    {
        string directory = StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State));
        try
        {
            using var store = AlertStore.OpenBeside(directory);
            string owner = AlertStore.OwnerOf(directory) is { } who ? $"in use by {who}" : "not in use";
            return new("state", true, store is null ? $"{directory}, nothing stored yet" : $"{directory}, {store.Count} alerts, {ByteSize.Write(store.Bytes)}, {owner}", null, []);
        }
        catch (StateException e)
        {
            return new("state", false, directory, e.Message, []);
        }
    }

    private static Check Mail(Settings settings, ParseResult parsed)
    {
        if (settings.Config.Email is not { } email)
            return new("mail", true, "not configured: alerts are shown and stored, nobody is written to", "set `email:` in canary.yml, then `canary alerts test`", []);
        string waiting = "";
        bool well = true;
        try
        {
            using var store = AlertStore.OpenBeside(StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State)));
            if (store?.OutboxCounts() is { } counts)
            {
                waiting = $"; {counts.Waiting} waiting, {counts.Failing} of them failing, {counts.GivenUp} given up";
                well = counts.Failing + counts.GivenUp == 0;
            }
        }
        catch (StateException)
        {
            // The state check tells.
        }

        string clear = email.Security == MailSecurity.None ? ", in clear" : "";
        return new("mail", well, $"{email.Host}:{email.Port}{clear}, to {string.Join(", ", email.To)}{waiting}", well ? null : "`canary alerts test` says what the server answers", []);
    }

    private static string AsText(Check check)
    {
        var lines = new List<string> { $"{(check.Well ? "ok  " : "NO  ")}{check.Name,-18} {Printable.Line(check.Says, 400)}" };
        if (check.Mend is { } mend)
            lines.Add($"      {Printable.Line(mend, 600)}");
        foreach (string blind in check.Blind)
            lines.Add($"      does not see: {Printable.Line(blind, 400)}");
        return string.Join(Environment.NewLine, lines);
    }

    private static string AsJson(Check check) => JsonLine.Of("check", w =>
    {
        w.WriteString("name", check.Name);
        w.WriteBoolean("ok", check.Well);
        w.WriteString("says", check.Says);
        w.WriteString("mend", check.Mend);
        w.WriteStartArray("blind");
        foreach (string blind in check.Blind)
            w.WriteStringValue(blind);
        w.WriteEndArray();
    });

    private sealed record Check(string Name, bool Well, string Says, string? Mend, IReadOnlyList<string> Blind);
}
