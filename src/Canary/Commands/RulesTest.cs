using System.CommandLine;
using Canary.Rules;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary rules test</c>: runs the cases that rules carry.</summary>
internal static class RulesTest
{
    public static Command Create()
    {
        var paths = RulesCommand.Paths();
        var command = new Command("test", "run every rule's own cases; a shipped rule without both kinds is a failure") { paths };
        command.SetAction(parsed => Run(parsed, RulesSelection.Of(parsed, paths)));
        return command;
    }

    private static int Run(ParseResult parsed, RulesSelection selection)
    {
        bool json = parsed.GetValue(GlobalOptions.Json), quiet = parsed.GetValue(GlobalOptions.Quiet);
        var output = parsed.InvocationConfiguration.Output;
        foreach (var fault in selection.Load.Errors.Where(e => !e.Unsupported))
            output.WriteLine(json ? RulesCheck.AsJson(fault) : RulesCheck.Line(fault));
        int passed = 0, failed = 0, untested = 0;
        var trial = new RuleTrial(selection.Load.Book);
        bool all = parsed.GetValue(GlobalOptions.Strict);
        foreach (var rule in selection.Chosen)
        {
            bool complete = rule.Cases.Any(c => c.Fires) && rule.Cases.Any(c => !c.Fires);
            if (!complete && (rule.BuiltIn || all))
            {
                failed++;
                Say(rule, rule.Line, "needs at least one case under canary.tests.fires and one under canary.tests.quiet");
            }
            else if (rule.Cases.Count == 0)
            {
                untested++;
            }

            foreach (var one in rule.Cases)
            {
                string? fault = trial.Fault(rule, one);
                _ = fault is null ? passed++ : failed++;
                if (fault is not null)
                    Say(rule, one.Line, $"{rule.Facts.Slug} {fault}");
                else if (json)
                    output.WriteLine(Result(rule, one.Line, "passed", null));
            }
        }

        if (json)
            output.WriteLine(RulesJson.Summary(selection, passed, failed));
        else if (untested > 0 && !quiet)
            output.WriteLine($"{passed} passed, {failed} failed, {untested} rules without cases");
        else
            output.WriteLine($"{passed} passed, {failed} failed");
        return failed > 0 ? ExitCode.Usage : RulesCheck.Code(parsed, selection);

        void Say(Rule rule, int line, string message) =>
            output.WriteLine(json ? Result(rule, line, "failed", message) : Printable.Line($"{rule.Path}:{line}: {message}", 2000));
    }

    private static string Result(Rule rule, int line, string outcome, string? message) => JsonLine.Of("case", w =>
    {
        w.WriteString("rule", rule.Facts.Id);
        w.WriteString("slug", rule.Facts.Slug);
        w.WriteString("file", rule.Path);
        w.WriteNumber("line", line);
        w.WriteString("outcome", outcome);
        if (message is not null)
            w.WriteString("message", message);
    });
}
