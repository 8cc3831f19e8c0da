using System.CommandLine;
using Canary.Alerts;
using Canary.Alerts.Storage;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary alerts silence</c>: stored and counted, and for a while told to nobody.</summary>
internal static class AlertsSilence
{
    public static Command Create()
    {
        var target = new Argument<string>("RULE|ID") { Description = "a rule's slug or id, or an alert whose rule, session and subject are meant" };
        var length = new Option<string>("--for") { Description = "how long: 1h, 7d", HelpName = "DURATION", Required = true };
        var command = new Command("silence", "store a rule's or a group's alerts for a while without telling of them") { target, length };
        command.SetAction(parsed =>
        {
            if (Duration.TryParse(parsed.GetValue(length)!, out var time))
                return Silence(parsed, parsed.GetValue(target)!, time);
            parsed.InvocationConfiguration.Error.WriteLine($"canary: --for '{Printable.Line(parsed.GetValue(length)!, 40)}' is no duration; write {Duration.Form}");
            return ExitCode.Usage;
        });
        return command;
    }

    private static int Silence(ParseResult parsed, string word, TimeSpan time) => AlertsCommand.With(parsed, store =>
    {
        var (target, what) = Target(parsed, store, word);
        if (target is null)
            return ExitCode.Usage;
        var now = TimeProvider.System.GetUtcNow();
        using var made = store is null ? AlertStore.Open(AlertsCommand.Directory(parsed), "alerts silence", TimeProvider.System) : null;
        (store ?? made)!.Silence(target, now + time, now);
        if (!parsed.GetValue(GlobalOptions.Quiet))
            parsed.InvocationConfiguration.Output.WriteLine($"{what} is silent until {AlertJson.Write(now + time)}; alerts are stored and counted all the same");
        return ExitCode.Clean;
    });

    /// <summary>The rule or the group that is meant; null with the reason told.</summary>
    private static (string? Target, string What) Target(ParseResult parsed, AlertStore? store, string word)
    {
        var rules = Settings.Load(parsed, withRules: true).Rules!.Book.Rules;
        if (rules.FirstOrDefault(r => r.Facts.Slug == word || r.Facts.Id == word) is { } rule)
            return (rule.Facts.Id, $"rule {rule.Facts.Slug}");
        switch (store?.Find(word) ?? [])
        {
            case [var alert]:
                return (alert.Key, $"'{Printable.Line(alert.Rule.Title, 100)}' for {Printable.Line(alert.Subject.Identity, 200)}");
            case []:
                parsed.InvocationConfiguration.Error.WriteLine(
                    $"canary: neither a rule nor an alert: '{Printable.Line(word, 60)}'{Nearest.Suggestion(word, rules.Select(r => r.Facts.Slug))}");
                return (null, "");
            default:
                parsed.InvocationConfiguration.Error.WriteLine($"canary: several alerts begin with '{Printable.Line(word, 60)}'; write more of the id");
                return (null, "");
        }
    }
}
