using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Canary.Findings;
using Canary.Text;

namespace Canary.Commands;

/// <summary>The options that every command takes, as the contract fixes them.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Config = new("--config") { Description = "configuration file (default: canary.yml here, of the user, of the system, built in)", HelpName = "FILE", Recursive = true };
    public static readonly Option<string?> State = new("--state") { Description = "directory of alerts and other state", HelpName = "DIR", Recursive = true };
    public static readonly Option<string[]> Rules = new("--rules") { Description = "more rules, besides the built-in ones; may be repeated", HelpName = "DIR", Recursive = true, DefaultValueFactory = _ => [] };
    public static readonly Option<bool> NoDefaultRules = new("--no-default-rules") { Description = "leave the built-in rules out", Recursive = true };
    public static readonly Option<bool> Strict = new("--strict") { Description = "an invalid rule is an error, not a report", Recursive = true };
    public static readonly Option<bool> Json = new("--json") { Description = "NDJSON on stdout, one object a line", Recursive = true };
    public static readonly Option<bool> Quiet = new("--quiet") { Description = "say only what was asked for", Recursive = true };
    public static readonly Option<bool> NoColor = new("--no-color") { Description = "no colours (also NO_COLOR)", Recursive = true };
    public static readonly Option<bool> Offline = new("--offline") { Description = "no network at all (default where CI is set)", Recursive = true };
    public static readonly Option<string?> FailOn = new("--fail-on") { Description = "lowest level that makes the exit code 1", HelpName = "LEVEL", Recursive = true, CompletionSources = { Enum.GetValues<Level>().Select(Levels.Word).ToArray() }, Validators = { CheckLevel } };

    public static void AddTo(RootCommand root)
    {
        // In place of the library's, which would take a path such as /h for a question.
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Options.Add(new HelpOption("--help", "-h", "-?"));
        foreach (Option option in (Option[])[Config, State, Rules, NoDefaultRules, Strict, Json, Quiet, NoColor, Offline, FailOn])
            root.Options.Add(option);
    }

    private static void CheckLevel(OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (!Levels.TryParse(token.Value, out _))
                result.AddError($"--fail-on: unknown level '{token.Value}'{Nearest.Suggestion(token.Value, Enum.GetValues<Level>().Select(Levels.Word))}");
        }
    }
}
