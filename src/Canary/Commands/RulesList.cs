using System.CommandLine;
using Canary.Findings;
using Canary.Rules;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary rules list</c>: the rules that stand.</summary>
internal static class RulesList
{
    public static Command Create()
    {
        var paths = RulesCommand.Paths();
        var command = new Command("list", "the rules that stand, with level, log source, tags and origin") { paths };
        command.SetAction(parsed => Run(parsed, RulesSelection.Of(parsed, paths)));
        return command;
    }

    private static int Run(ParseResult parsed, RulesSelection selection)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(GlobalOptions.Json))
        {
            foreach (var rule in selection.Chosen)
                output.WriteLine(AsJson(rule));
            output.WriteLine(RulesJson.Summary(selection, passed: null, failed: null));
        }
        else
        {
            Table(output, selection.Chosen);
            if (selection.Load.Errors.Count > 0)
                output.WriteLine($"{selection.Load.Refused} refused, {selection.Load.Unsupported} not supported here: `canary rules check` says why");
        }

        return RulesCheck.Code(parsed, selection);
    }

    private static void Table(TextWriter output, IReadOnlyList<Rule> rules)
    {
        var rows = new List<string[]>();
        rows.Add(["LEVEL", "RULE", "LOG SOURCE", "TAGS", "FROM"]);
        foreach (var rule in rules)
        {
            string level = rule.IsSilent ? "(block)" : rule.Facts.Level.Word();
            rows.Add([level, Cell(rule.Facts.Slug, 60), Cell(Source(rule.Source), 40), Cell(string.Join(' ', rule.Facts.Tags), 60), Cell(Origin(rule), 60)]);
        }

        int[] widths = [.. Enumerable.Range(0, 5).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static string Cell(string text, int most) => Printable.Line(text, most);

    private static string Origin(Rule rule) => rule.BuiltIn ? "built in" : rule.Path;

    private static string Source(LogSource source) =>
        string.Join('/', new[] { source.Product ?? "any", source.Category, source.Service }.Where(p => p is not null));

    private static string AsJson(Rule rule) => JsonLine.Of("rule", w =>
    {
        w.WriteString("id", rule.Facts.Id);
        w.WriteString("slug", rule.Facts.Slug);
        w.WriteString("title", rule.Facts.Title);
        w.WriteString("level", rule.Facts.Level.Word());
        w.WriteString("status", rule.Status);
        w.WriteStartArray("tags");
        foreach (string tag in rule.Facts.Tags)
            w.WriteStringValue(tag);
        w.WriteEndArray();
        w.WriteStartObject("logsource");
        w.WriteString("product", rule.Source.Product);
        w.WriteString("category", rule.Source.Category);
        w.WriteString("service", rule.Source.Service);
        w.WriteEndObject();
        w.WriteBoolean("building_block", rule.IsBuildingBlock);
        w.WriteBoolean("built_in", rule.BuiltIn);
        w.WriteString("file", rule.Path);
        w.WriteNumber("line", rule.Line);
        w.WriteNumber("cases", rule.Cases.Count);
    });
}
