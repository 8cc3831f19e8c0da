using System.CommandLine;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Commands;

/// <summary><c>canary rules check</c>: every fault of every rule at once.</summary>
internal static class RulesCheck
{
    public static Command Create()
    {
        var paths = RulesCommand.Paths();
        var command = new Command("check", "validate rules: every fault with file, line and column") { paths };
        command.SetAction(parsed => Run(parsed, RulesSelection.Of(parsed, paths)));
        return command;
    }

    private static int Run(ParseResult parsed, RulesSelection selection)
    {
        bool json = parsed.GetValue(GlobalOptions.Json);
        var output = parsed.InvocationConfiguration.Output;
        foreach (var fault in selection.Load.Errors)
            output.WriteLine(json ? AsJson(fault) : Line(fault));
        var load = selection.Load;
        if (json)
            output.WriteLine(RulesJson.Summary(selection, passed: null, failed: null));
        else if (!parsed.GetValue(GlobalOptions.Quiet))
            output.WriteLine($"{selection.Files} files, {selection.Chosen.Count} rules stand, {load.Refused} refused, {load.Unsupported} not supported here");
        return Code(parsed, selection);
    }

    /// <summary>What a faulty rule set means for the exit code, here and in <c>rules test</c>.</summary>
    public static int Code(ParseResult parsed, RulesSelection selection) =>
        selection.Load.HasFaults || (parsed.GetValue(GlobalOptions.Strict) && selection.Load.Unsupported > 0) ? ExitCode.Usage
        : selection.Files == 0 ? ExitCode.Unread
        : ExitCode.Clean;

    public static string Line(Diagnostic fault) => Printable.Line(fault + (fault.Unsupported ? " (skipped)" : ""), 2000);

    public static string AsJson(Diagnostic fault) => JsonLine.Of("diagnostic", w =>
    {
        w.WriteString("file", fault.File);
        w.WriteNumber("line", fault.Line);
        w.WriteNumber("column", fault.Column);
        w.WriteString("message", fault.Message);
        w.WriteBoolean("unsupported", fault.Unsupported);
    });
}
