using System.CommandLine;
using Canary.Config;
using Canary.Rules;

namespace Canary.Commands;

/// <summary><c>canary rules schema</c>: the JSON schema of rule files, or of canary.yml, for editors.</summary>
internal static class RulesSchema
{
    private static readonly Argument<string> Of = Subject();

    public static Command Create()
    {
        var command = new Command("schema", "the JSON schema of rule files or of canary.yml, for completion and checks in an editor") { Of };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(parsed.GetValue(Of) == "config" ? ConfigSchema.Text() : RuleSchema.Text());
            return ExitCode.Clean;
        });
        return command;
    }

    private static Argument<string> Subject()
    {
        var subject = new Argument<string>("OF") { Description = "rule or config", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => "rule" };
        subject.AcceptOnlyFromAmong("rule", "config");
        return subject;
    }
}
