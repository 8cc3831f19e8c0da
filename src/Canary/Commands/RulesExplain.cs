using System.CommandLine;
using System.Text.Json;
using Canary.Rules;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary rules explain</c>: why a rule fires on an event, or what it lacks.</summary>
internal static class RulesExplain
{
    private const int MostBytes = 16 * 1024 * 1024;

    private static readonly Argument<string> RuleName = new("RULE") { Description = "a rule's name, slug or id" };
    private static readonly Argument<string> EventText = new("EVENT") { Description = "an event as JSON, a file of it, or - for stdin; of several the last is explained" };

    public static Command Create()
    {
        var command = new Command("explain", "which selection decided, or what was missing for the rule to fire") { RuleName, EventText };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var selection = RulesSelection.Of(parsed);
        string name = parsed.GetValue(RuleName)!;
        if (selection.Load.Book.Find(name) is not { } rule)
        {
            string suggestion = Nearest.Suggestion(name, selection.Load.Book.Rules.Select(r => r.Facts.Slug));
            error.WriteLine($"no rule that stands is called '{Printable.Line(name, 100)}'{suggestion}");
            return ExitCode.Usage;
        }

        IReadOnlyList<RecordSubject> events;
        try
        {
            events = EventRecords.Read(Text(parsed.GetValue(EventText)!), rule.Source with { Product = rule.Source.Product ?? "linux" });
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine("the event cannot be read: " + Printable.Line(e.Message, 300));
            return ExitCode.Usage;
        }

        if (events.Count == 0)
        {
            error.WriteLine("there is no event to explain");
            return ExitCode.Unread;
        }

        Say(parsed, output, RuleExplanation.Of(selection.Load.Book, rule, events));
        return ExitCode.Clean;
    }

    private static void Say(ParseResult parsed, TextWriter output, RuleExplanation explanation)
    {
        if (parsed.GetValue(GlobalOptions.Json))
        {
            output.WriteLine(JsonLine.Of("explanation", w =>
            {
                w.WriteString("rule", explanation.Rule.Facts.Id);
                w.WriteString("slug", explanation.Rule.Facts.Slug);
                w.WriteBoolean("fires", explanation.Fires);
                Strings(w, "decided", explanation.Decided);
                Strings(w, "missing", explanation.Missing);
            }));
            return;
        }

        output.WriteLine(Printable.Line($"{explanation.Rule.Facts.Slug} ({explanation.Rule.Facts.Title}) {(explanation.Fires ? "fires" : "does not fire")}"));
        foreach (string line in explanation.Decided)
            output.WriteLine("  " + line);
        if (explanation.Missing.Count > 0)
            output.WriteLine("To fire it lacks:");
        foreach (string line in explanation.Missing)
            output.WriteLine("  * " + line);
    }

    private static void Strings(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static string Text(string argument)
    {
        if (argument.TrimStart() is ['{' or '[', ..])
            return argument;
        if (argument == "-")
            return Bounded(Console.In);
        using var file = File.OpenText(argument);
        return Bounded(file);
    }

    private static string Bounded(TextReader reader)
    {
        char[] buffer = new char[MostBytes];
        int length = reader.ReadBlock(buffer);
        return length < MostBytes ? new string(buffer, 0, length) : throw new IOException($"longer than {MostBytes / 1024 / 1024} MiB");
    }
}
