using System.CommandLine;

namespace Canary.Commands;

/// <summary><c>canary rules</c>: what the rules are, whether they are sound, and whether they do as they say.</summary>
internal static class RulesCommand
{
    public static Command Create() => new("rules", "list, check, test and explain detection rules; their schema for editors")
    {
        RulesList.Create(),
        RulesCheck.Create(),
        RulesTest.Create(),
        RulesExplain.Create(),
        RulesSchema.Create(),
    };

    public static Argument<string[]> Paths() => new("PATH")
    {
        Description = "rule files or directories (default: the built-in rules and those of --rules)",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = _ => [],
    };
}
